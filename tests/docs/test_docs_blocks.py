import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').rglob('*.md'))]
BLOCK = re.compile(r'^```python\n(.*?)^```', re.MULTILINE | re.DOTALL)


def script_of(text: str) -> str:
    """A page's python blocks as one script, each on the lines where the page has it, so that tracebacks fit."""
    lines = [''] * text.count('\n')
    for match in BLOCK.finditer(text):
        first = text.count('\n', 0, match.start(1))
        for offset, line in enumerate(match.group(1).splitlines()):
            lines[first + offset] = line
    return '\n'.join(lines) + '\n'


class test_docs_blocks:
    @pytest.mark.parametrize('page', PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
    def test_the_python_blocks_of_a_page_run_in_order(self, page, tmp_path, wheelhouse, no_aws_environment):
        # what `wheelhouse` says to installers is in the environment that is taken after it
        text = page.read_text()
        if not BLOCK.search(text):
            return
        script = tmp_path / 'page.py'
        script.write_text(script_of(text))
        done = subprocess.run(
            [sys.executable, '-W', 'error', script.name],
            cwd=tmp_path,
            env={**no_aws_environment, 'OSBOT_LAMBDA_CACHE': str(tmp_path / 'cache')},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_a_block_keeps_its_lines(self):
        assert script_of('a\n```python\nx = 1\n```\nb\n```python\ny = x\n```\n') == '\n\nx = 1\n\n\n\ny = x\n\n'
