import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture(scope='class')
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('wheel')
    command = [sys.executable, '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '--no-index']
    subprocess.run([*command, '--wheel-dir', str(folder), str(ROOT)], check=True)
    return next(folder.glob('*.whl'))


@pytest.fixture(scope='class')
def installed(wheel: Path, wheelhouse_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel and what it needs, and nothing else; made offline."""
    env = tmp_path_factory.mktemp('empty') / 'env'
    uv = str(BIN / 'uv')
    python = env / 'bin' / 'python'
    subprocess.run([uv, 'venv', '--quiet', '--python', sys.executable, str(env)], check=True)
    command = [uv, 'pip', 'install', '--quiet', '--offline', '--no-index', '--find-links', str(wheelhouse_folder)]
    subprocess.run([*command, '--python', str(python), str(wheel)], check=True)
    return python


class test_wheel:
    def test_it_holds_the_package_and_its_types_and_nothing_else(self, wheel):
        names = zipfile.ZipFile(wheel).namelist()
        assert {name.split('/')[0] for name in names if '.dist-info' not in name} == {'osbot_lambda'}
        assert 'osbot_lambda/py.typed' in names

    def test_the_readme_s_three_lines_run_from_a_scratch_folder(self, installed, tmp_path, no_aws_environment):
        block = re.search(r'^```python\n(.*?)^```', (ROOT / 'README.md').read_text(), re.MULTILINE | re.DOTALL)
        script = tmp_path / 'first.py'
        script.write_text(block.group(1))
        done = subprocess.run(
            [str(installed), script.name], cwd=tmp_path, env=no_aws_environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == "{'greeting': 'Hello Ada'}\n"
        assert [path.name for path in tmp_path.iterdir() if path.name != '__pycache__'] == ['first.py']
