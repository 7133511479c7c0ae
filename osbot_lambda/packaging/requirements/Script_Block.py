import re
from pathlib import Path
from typing import Any, Optional, Self

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.requirements.Pyproject_Toml import Pyproject_Toml
from osbot_lambda.packaging.requirements.Python_Wanted import Python_Wanted
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.requirements.Toml_File import Toml_File

BLOCK = re.compile(r'(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$')  # as in PEP 723


class Script_Block:
    """The `# /// script` comment at the top of a single-file script: the whole list of what it needs.

    Errors : Requirement__Invalid (file and line), File__Not_Found.
    Source : PEP 723.

        # /// script
        # requires-python = ">=3.11"
        # dependencies = ["requests>=2"]
        # ///
    """

    def __init__(self, path: Path, toml: dict[str, Any], line: int):
        self.path, self.toml, self.line = path, toml, line

    @classmethod
    def read(cls, path: str | Path) -> Optional[Self]:
        """That of a file, or None when it has none."""
        text = Toml_File.text(Path(path)).replace('\r\n', '\n')
        if '# /// script' not in text:
            return None
        blocks = [found for found in BLOCK.finditer(text + '\n') if found['type'] == 'script']
        if not blocks:
            return None
        line = text[: blocks[0].start()].count('\n') + 1
        if len(blocks) > 1:
            raise Requirement__Invalid(str(path), line, 'it has more than one script block: keep one')
        content = ''.join(
            row[2:] if row.startswith('# ') else row[1:] for row in blocks[0]['content'].splitlines(keepends=True)
        )
        return cls(Path(path), Toml_File.parse(content, str(path), line + 1), line)

    @property
    def requires_python(self) -> str:
        """'>=3.11', or ''."""
        return str(self.toml.get('requires-python', ''))

    def requirements(self, python_version: str = '') -> Requirement_Set:
        """Its list. python_version '3.12' is the function's: Requirement__Invalid when the script wants another."""
        if python_version:
            Python_Wanted(self.requires_python, str(self.path), self.line).check(python_version)
        project = {'dependencies': self.toml.get('dependencies', []), 'requires-python': self.requires_python}
        return Pyproject_Toml(self.path, {'project': project, 'tool': self.toml.get('tool', {})}).requirements()
