import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Requirement_Builder import Requirement_Builder
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set


class Requirements:
    """Reads what a list, or a file of any of the usual kinds, wants. All static.

    Shapes : the kind is told by the file's name: requirements*.txt (any .txt or .in), pyproject.toml, uv.lock,
             pylock.toml and pylock.<name>.toml, *.py with a `# /// script` block (PEP 723).
    Errors : File__Not_Found, Requirement__Invalid (file and line).

        Requirements.of(['requests>=2', 'pydantic[email]'])
        Requirements.read('requirements.txt')
        Requirements.read('pyproject.toml', groups=['lambda'])
        Requirements.read('uv.lock', platform=Lambda_Platform('python3.12', 'arm64'))
    """

    @staticmethod
    def of(requirements: Iterable[str], origin: str = '') -> Requirement_Set:
        """Of a list: each as one line of a requirements file, or a path. Who names a package here wants it, even if
        Lambda's runtime has it."""
        builder = Requirement_Builder(origin)
        for text in requirements:
            if text.lstrip().startswith('-'):
                raise Requirement__Invalid(
                    '', 0, f'{text!r} is an option: put it into a requirements file, and name that'
                )
            builder.add(Requirement_Line.parse(re.sub(r'(^|\s+)#.*$', '', text).strip()))
        found = builder.build()
        return replace(found, pinned=frozenset(Requirement_Line.parse(line).name for line in found.requirements))

    @staticmethod
    def read(
        path: str | Path,
        extras: Sequence[str] = (),
        groups: Sequence[str] = (),
        platform: Optional[Lambda_Platform] = None,
    ) -> Requirement_Set:
        """Of a file. extras and groups are the project's; groups without extras: those alone, as pip has it.

        platform is what a lock's markers are held against, and requires-python; else this machine's Python.
        """
        name = Path(path).name
        here = platform or Lambda_Platform.here()
        if name == 'uv.lock':
            from osbot_lambda.packaging.requirements.Uv_Lock import Uv_Lock

            return Uv_Lock(path).requirements(here, extras, groups)
        if re.fullmatch(r'pylock(\.[^.]+)?\.toml', name):
            from osbot_lambda.packaging.requirements.Pylock_Toml import Pylock_Toml

            return Pylock_Toml(path).requirements(here, extras, groups)
        if name.endswith('.toml'):
            from osbot_lambda.packaging.requirements.Pyproject_Toml import Pyproject_Toml

            return Pyproject_Toml(path).requirements(extras, groups)
        if extras or groups:
            raise Requirement__Invalid(
                str(path), 0, 'extras and groups are of a pyproject.toml or a lock; it is neither'
            )
        if name.endswith('.py'):
            return Requirements._script(path, platform)
        if name.endswith(('.txt', '.in')):
            from osbot_lambda.packaging.requirements.Requirements_Txt import Requirements_Txt

            return Requirements_Txt(path).requirements()
        raise Requirement__Invalid(
            str(path),
            0,
            'not a known name: requirements.txt, pyproject.toml, uv.lock, pylock.toml, script.py',
        )

    @staticmethod
    def _script(path: str | Path, platform: Optional[Lambda_Platform]) -> Requirement_Set:
        from osbot_lambda.packaging.requirements.Script_Block import Script_Block

        block = Script_Block.read(path)
        if block is None:
            raise Requirement__Invalid(str(path), 0, "it has no '# /// script' block (PEP 723)")
        return block.requirements(platform.python_version if platform else '')
