import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from osbot_lambda.packaging.Package_Cache import Package_Cache

RACE = """
import sys
from pathlib import Path
from osbot_lambda.packaging.Package_Cache import Package_Cache

content = sys.argv[2].encode() * 1_000_000
sys.stdin.readline()
for number in range(20):
    path = Package_Cache(Path(sys.argv[1])).put('kind', f'key{number}', lambda part: part.write_bytes(content))
    assert len(set(path.read_bytes())) == 1 and path.stat().st_size == 1_000_000
"""


@pytest.fixture
def cache(tmp_path):
    return Package_Cache(tmp_path / 'cache')


@pytest.fixture
def no_temporary(monkeypatch):
    monkeypatch.setattr(Package_Cache, '_temporary', None)


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())


class test_Package_Cache:
    def test_what_was_put_is_there(self, cache):
        assert cache.get('kind', 'key') is None
        path = cache.put('kind', 'folder/key', lambda part: part.write_bytes(b'1'))
        assert cache.get('kind', 'folder/key') == path == cache.folder / 'kind' / 'folder' / 'key'
        assert path.read_bytes() == b'1'

    def test_the_first_one_stays_unless_it_is_to_be_replaced(self, cache):
        for content in (b'1', b'2'):
            path = cache.put('kind', 'key', lambda part, content=content: part.write_bytes(content))
        assert path.read_bytes() == b'1'
        cache.put('kind', 'key', lambda part: part.write_bytes(b'3'), replace=True)
        assert path.read_bytes() == b'3'

    def test_what_fails_half_way_leaves_nothing(self, cache):
        def fail(part):
            part.write_bytes(b'half')
            raise ConnectionError('lost')

        with pytest.raises(ConnectionError, match='lost'):
            cache.put('kind', 'key', fail)
        assert cache.get('kind', 'key') is None
        assert files(cache.folder) == []

    def test_processes_that_put_at_once_all_get_a_whole_file(self, cache):
        command = [sys.executable, '-c', RACE, str(cache.folder)]
        started = [
            subprocess.Popen([*command, letter], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for letter in 'abc'
        ]
        for process in started:
            process.stdin.write('go\n')
            process.stdin.flush()
        said = [process.communicate()[1] for process in started]
        assert [process.returncode for process in started] == [0, 0, 0], said
        assert files(cache.folder) == sorted(f'kind/key{number}' for number in range(20))

    def test_threads_that_put_at_once_get_the_same(self, cache):
        begin, found = threading.Barrier(8), []

        def put(number):
            begin.wait()
            path = cache.put('kind', 'key', lambda part: part.write_bytes(bytes([number]) * 100_000))
            found.append(path.read_bytes())

        threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1
        assert len(found) == 8

    def test_where_it_can_not_be_written_a_temporary_folder_serves(self, tmp_path, no_temporary):
        (tmp_path / 'file').write_text('')
        cache = Package_Cache(tmp_path / 'file' / 'cache')
        path = cache.put('kind', 'key', lambda part: part.write_bytes(b'1'))
        assert cache.get('kind', 'key') == path
        assert not path.is_relative_to(tmp_path)
        assert path.read_bytes() == b'1'

    def test_the_temporary_folder_goes_with_the_process(self, tmp_path):
        (tmp_path / 'file').write_text('')
        code = (
            'import sys; from pathlib import Path; from osbot_lambda.packaging.Package_Cache import Package_Cache; '
            "print(Package_Cache(Path(sys.argv[1])).put('a', 'b', lambda part: part.write_bytes(b'')))"
        )
        command = [sys.executable, '-W', 'error', '-c', code, str(tmp_path / 'file' / 'cache')]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ''
        assert not Path(done.stdout.strip()).parents[1].exists()

    def test_what_is_in_a_cache_that_can_not_be_written_is_used(self, cache, tmp_path, no_temporary, monkeypatch):
        path = cache.put('kind', 'there', lambda part: part.write_bytes(b'1'))
        monkeypatch.setattr(Package_Cache, '_temporary', tmp_path / 'other')
        assert cache.get('kind', 'there') == path

    @pytest.mark.parametrize(
        ('variables', 'folder'),
        [
            ({'OSBOT_LAMBDA_CACHE': '/a/b', 'XDG_CACHE_HOME': '/x'}, '/a/b'),
            ({'XDG_CACHE_HOME': '/x'}, '/x/osbot-lambda'),
            ({'HOME': '/home/me'}, '/home/me/.cache/osbot-lambda'),
        ],
        ids=['named', 'xdg', 'home'],
    )
    def test_its_folder(self, monkeypatch, variables, folder):
        for name in ('OSBOT_LAMBDA_CACHE', 'XDG_CACHE_HOME'):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert Package_Cache().folder == Path(folder)


class test_Package_Cache__prune:
    @pytest.fixture
    def filled(self, cache):
        now = time.time()
        for name, days in (('new', 0), ('older', 3), ('oldest', 40)):
            path = cache.put('kind', name, lambda part: part.write_bytes(b'x' * 1000))
            os.utime(path, (now - days * 86400, now - 100 * 86400))
        os.utime(cache.folder / 'kind' / 'new')
        return cache

    def test_by_age(self, filled):
        assert [path.name for path in filled.prune(older_than_days=30)] == ['oldest']
        assert files(filled.folder) == ['kind/new', 'kind/older']

    def test_by_size_the_longest_unused_go_first(self, filled):
        assert [path.name for path in filled.prune(max_bytes=2500)] == ['oldest']
        assert [path.name for path in filled.prune(max_bytes=1000)] == ['older']

    def test_a_use_counts(self, filled):
        filled.get('kind', 'oldest')
        assert [path.name for path in filled.prune(older_than_days=2)] == ['older']

    def test_nothing_named_nothing_removed_but_what_a_crash_left(self, filled):
        part = filled.folder / 'kind' / '.part-1'
        part.write_bytes(b'')
        assert filled.prune() == []
        os.utime(part, (1, 1))
        assert filled.prune() == [part]

    def test_of_no_folder_nothing(self, cache):
        assert cache.prune(max_bytes=0) == []


class test_Package_Cache__folders:
    def test_a_folder_is_made_once_and_whole(self, cache):
        made = []

        def write(folder):
            made.append(folder)
            (folder / 'a.txt').write_text('a')

        first, second = cache.folder_of('one', write), cache.folder_of('one', write)
        assert first == second == cache.folder / 'folders' / 'one'
        assert [path.name for path in first.iterdir()] == ['a.txt']
        assert len(made) == 1

    def test_a_folder_whose_making_failed_is_not_there(self, cache):
        def write(folder):
            (folder / 'a.txt').write_text('a')
            raise OSError('no space')

        with pytest.raises(OSError, match='no space'):
            cache.folder_of('one', write)
        assert list((cache.folder / 'folders').iterdir()) == []

    def test_of_two_who_make_a_folder_at_once_one_stays(self, cache):
        def other(folder):
            (folder / 'a.txt').write_text('other')

        def write(folder):
            cache.folder_of('one', other)
            (folder / 'a.txt').write_text('mine')

        folder = cache.folder_of('one', write)
        assert (folder / 'a.txt').read_text() == 'other'
        assert [path.name for path in folder.parent.iterdir()] == ['one']

    def test_a_folder_is_pruned_as_one_by_its_last_use(self, cache):
        for name in ('old', 'new'):
            cache.folder_of(name, lambda folder: (folder / 'a.txt').write_text('12345'))
        old, new = (cache.folder / 'folders' / name for name in ('old', 'new'))
        os.utime(old, (0, 0))
        os.utime(new / 'a.txt', (0, 0))
        assert cache.prune(older_than_days=1) == [old]
        assert (new / 'a.txt').exists()
        assert not old.exists()
        assert cache.prune(max_bytes=4) == [new]
