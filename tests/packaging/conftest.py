import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from osbot_lambda.packaging.Lambda_Package import Lambda_Package


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Writes {path: text} into a folder of its own and gives the folder."""

    def write(files: dict[str, str | bytes], name: str = 'project') -> Path:
        root = tmp_path / name
        for path, content in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                file.write_bytes(content)
            else:
                file.write_text(textwrap.dedent(content).lstrip('\n'))
        return root

    return write


@pytest.fixture
def run_python() -> Callable[..., str]:
    """Runs a Python of its own, without this project on its path, and gives what it prints."""

    def run(*arguments: str, cwd: Path | None = None, stdin: str | None = None, check: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, '-B', *arguments], capture_output=True, text=True, cwd=cwd, input=stdin, check=False
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done.stdout if check else done.stderr

    return run


@pytest.fixture
def call_alone(tmp_path: Path, run_python) -> Callable[..., str]:
    """Unpacks a package, imports its handler in a clean Python, and gives what it prints of the call's result."""

    def call(package: Lambda_Package, event: str = '{}') -> str:
        folder = tmp_path / 'var_task'
        for path, entry in package.entries.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(entry.data)
        code = package.handler_code
        script = (
            f'import sys, importlib; sys.path.insert(0, {str(folder)!r})\n'
            f'print(importlib.import_module({code.module!r}).{code.function}({event}, None))'
        )
        return run_python('-I', '-c', script).strip()

    return call
