"""docs/briefing.md lists the blocks, and there is a test for each."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / 'docs' / 'briefing.md'
HEADING = re.compile(r'^## (.+)$', re.MULTILINE)
ROW = re.compile(r'^\| ([^|]+?) \| [^|]+ \|$', re.MULTILINE)


def name_of(title: str) -> str:
    """'Complete example: Lambda' as a test has it: test_complete_example_lambda."""
    return 'test_' + re.sub(r'[^a-z0-9]+', '_', title.lower()).strip('_')


def blocks_of_the_page() -> set[tuple[str, str]]:
    parts = HEADING.split(PAGE.read_text())[1:]
    chapters = zip(parts[::2], parts[1::2], strict=True)
    return {
        (name_of(chapter), name_of(title))
        for chapter, text in chapters
        for title in ROW.findall(text)
        if title != 'block'
    }


def blocks_of_the_tests() -> set[tuple[str, str]]:
    return {
        (file.stem, node.name)
        for file in (ROOT / 'tests' / 'briefing').glob('test_*.py')
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith('test_')
    }


class test_briefing_page:
    def test_the_page_lists_each_block_that_is_tested_and_no_other(self):
        assert blocks_of_the_page() == blocks_of_the_tests()

    def test_none_of_the_66_blocks_is_missing(self):
        assert len(blocks_of_the_page()) == 66
