import os
import sys
import time
from pathlib import Path

import pytest

from osbot_lambda.packaging.Target_Python import Target_Python

HERE = f'{sys.version_info[0]}.{sys.version_info[1]}'


@pytest.fixture
def empty_machine(tmp_path, monkeypatch):
    """No interpreter anywhere but the one that runs this."""
    for name in ('PYENV_ROOT', 'XDG_DATA_HOME', 'UV_PYTHON_INSTALL_DIR'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('HOME', str(tmp_path / 'home'))
    monkeypatch.setenv('PATH', str(tmp_path / 'bin'))
    return tmp_path


def program(path: Path, content: bytes = b'\x7fELF') -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return path


@pytest.fixture
def script(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / 'script.py'
        file.write_text(text)
        return file

    return write


class test_Target_Python:
    # ---- find

    def test_the_running_interpreter_serves_where_it_fits(self, empty_machine):
        found = Target_Python.find(HERE)
        assert found.version == HERE
        assert found.path.exists()

    def test_none_when_there_is_none(self, empty_machine):
        assert Target_Python.find('3.77') is None

    @pytest.mark.parametrize('version', ['', '3', '2.7', '3.12.1', '../3.12', 'python3.12'])
    def test_none_for_what_is_no_version_of_lambda(self, version):
        assert Target_Python.find(version) is None

    @pytest.mark.parametrize(
        'place',
        [
            'bin/python3.77',
            'home/.pyenv/versions/3.77.2/bin/python3.77',
            'home/.local/share/uv/python/cpython-3.77.2-linux-x86_64-gnu/bin/python3.77',
        ],
        ids=['PATH', 'pyenv', 'uv'],
    )
    def test_is_found_by_its_name_on(self, place, empty_machine):
        there = program(empty_machine / place)
        assert Target_Python.find('3.77') == Target_Python('3.77', there)

    @pytest.mark.parametrize(
        'place',
        [
            'home/.pyenv/versions/3.77.2t/bin/python3.77',
            'home/.pyenv/versions/3.7.7/bin/python3.77',
            'home/.local/share/uv/python/cpython-3.77.2+freethreaded-linux-x86_64-gnu/bin/python3.77',
            'home/.local/share/uv/python/cpython-3.77.2-linux-x86_64-musl/bin/python3.77',
            'home/.local/share/uv/python/pypy-3.77.2-linux-x86_64-gnu/bin/python3.77',
        ],
    )
    def test_a_build_that_is_not_lambdas_is_passed_over(self, place, empty_machine):
        program(empty_machine / place)
        assert Target_Python.find('3.77') is None

    def test_a_shim_is_passed_over(self, empty_machine):
        program(empty_machine / 'bin/python3.77', b'#!/usr/bin/env bash\n')
        there = program(empty_machine / 'home/.pyenv/versions/3.77.2/bin/python3.77')
        assert Target_Python.find('3.77').path == there

    def test_the_newest_release_wins_over_older_ones_and_pre_releases(self, empty_machine):
        for release in ('3.77.9', '3.77.10', '3.77.11rc1'):
            program(empty_machine / f'home/.pyenv/versions/{release}/bin/python3.77')
        assert '/3.77.10/' in str(Target_Python.find('3.77').path)

    def test_folders_that_are_elsewhere_are_found_there(self, empty_machine, monkeypatch):
        monkeypatch.setenv('UV_PYTHON_INSTALL_DIR', str(empty_machine / 'pythons'))
        there = program(empty_machine / 'pythons/cpython-3.77.0-linux-aarch64-gnu/bin/python3.77')
        assert Target_Python.find('3.77').path == there

    # ---- run

    def test_a_script_gets_its_arguments_its_input_and_only_the_given_environment(self, script, monkeypatch):
        monkeypatch.setenv('SECRET', 'of the parent')
        text = 'import os, sys; print(sys.argv[1:], sys.stdin.read(), os.environ.get("SECRET"), os.environ["A"])'
        done = Target_Python.find(HERE).run(script(text), 'x', 'y', stdin='tea', env={'A': '1'})
        assert (done.returncode, done.stdout, done.stderr) == (0, "['x', 'y'] tea None 1\n", '')

    def test_installed_packages_are_not_there(self, script):
        done = Target_Python.find(HERE).run(script('import pytest'))
        assert done.returncode == 1
        assert "No module named 'pytest'" in done.stderr

    def test_the_exit_code_counts(self, script):
        assert Target_Python.find(HERE).run(script('import os; os._exit(7)')).returncode == 7
        assert Target_Python.find(HERE).run(script('import os; os.abort()')).returncode == -6

    def test_a_script_that_is_too_slow_is_ended(self, script, tmp_path):
        waits = script('import os, sys, time\nopen(sys.argv[1], "w").write(str(os.getpid()))\ntime.sleep(600)\n')
        with pytest.raises(TimeoutError, match=r'script\.py did not end within 2 s'):
            Target_Python.find(HERE).run(waits, str(tmp_path / 'pid'), timeout=2)
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / 'pid').read_text()), 0)

    def test_what_a_script_leaves_behind_is_not_waited_for(self, script):
        text = (
            'import subprocess, sys\n'
            'left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])\n'
            'print(left.pid)\n'
        )
        done = Target_Python.find(HERE).run(script(text), timeout=100)
        assert done.returncode == 0
        pid = int(done.stdout)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:  # its new parent reaps it when it likes
            try:
                state = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                return
            if state == 'Z':
                return
        pytest.fail(f'{pid} runs on')
