import os
import sys
from pathlib import Path

import pytest

from osbot_lambda.python.Python_Finder import Python_Finder

HERE = f'{sys.version_info[0]}.{sys.version_info[1]}'


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with no interpreter but the one that runs this; add(path) puts one more there."""
    for name in ('PYENV_ROOT', 'XDG_DATA_HOME', 'UV_PYTHON_INSTALL_DIR'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('HOME', str(tmp_path / 'home'))
    monkeypatch.setenv('PATH', f'{tmp_path / "bin"}{os.pathsep}{tmp_path / "more"}')

    def add(place, content=b'\x7fELF', mode=0o755):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        return path

    return add


class test_Python_Finder:
    # ---- find

    def test_the_running_interpreter_serves_where_it_fits_without_its_virtual_environment(self, machine):
        assert Python_Finder.find(HERE) == Path(sys._base_executable)

    @pytest.mark.parametrize('version', ['', '3', '2.7', '3.77.1', '../3.77', 'python3.77', '3.77\n'])
    def test_none_for_what_is_no_version(self, version, machine):
        machine('bin/python3.77')
        assert Python_Finder.find(version) is None

    @pytest.mark.parametrize(
        'place',
        [
            'bin/python3.77',
            'more/python3.77',
            'home/.pyenv/versions/3.77.2/bin/python3.77',
            'home/.local/share/uv/python/cpython-3.77.2-linux-x86_64-gnu/bin/python3.77',
            'home/.local/share/uv/python/cpython-3.77.2-macos-aarch64-none/bin/python3.77',
        ],
    )
    def test_is_found_by_its_name_at(self, place, machine):
        there = machine(place)
        assert Python_Finder.find('3.77') == there

    def test_what_cannot_be_started_is_passed_over(self, machine):
        machine('bin/python3.77', mode=0o644)
        machine('more/python3.77', b'#!/bin/sh\n')
        assert Python_Finder.find('3.77') is None

    def test_one_that_is_installed_meanwhile_is_found_and_one_that_is_removed_is_not(self, machine):
        assert Python_Finder.find('3.77') is None
        one = machine('more/python3.77')
        assert Python_Finder.find('3.77') == one
        one.unlink()
        assert Python_Finder.find('3.77') is None

    def test_what_was_found_is_remembered(self, machine):
        one = machine('more/python3.77')
        assert Python_Finder.find('3.77') == one
        machine('bin/python3.77')
        assert Python_Finder.find('3.77') == one

    # ---- nearest

    def test_the_nearest_is_itself_when_it_is_there(self, machine):
        assert Python_Finder.nearest(HERE) == HERE

    def test_of_two_as_near_it_is_the_newer(self, machine):
        minor = sys.version_info[1]
        machine(f'bin/python3.{minor + 2}')
        assert Python_Finder.nearest(f'3.{minor + 1}') == f'3.{minor + 2}'

    def test_one_is_found_however_far(self, machine):
        assert Python_Finder.nearest('3.99') == HERE

    def test_there_is_none_near_what_is_no_version(self, machine):
        assert Python_Finder.nearest('nodejs22.x') is None
