import hashlib
import io
import os
import zipfile

import pytest

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.errors import File__Not_Found, Zip__Bad_Path


class test_Zip__Deterministic:
    def test_order_of_adding_does_not_change_the_bytes(self):
        one = Zip__Deterministic().add('a.py', b'1').add('b.py', b'2').bytes()
        two = Zip__Deterministic().add('b.py', b'2').add('a.py', b'1').bytes()
        assert one == two

    def test_the_bytes_are_those_of_every_machine(self):
        zipped = Zip__Deterministic().add('pkg/ünï.txt', 'é'.encode()).add('bin/run', b'#!/bin/sh\n', True).bytes()
        assert hashlib.sha256(zipped).hexdigest() == (
            '3fd85f8d2206f4007d6ecdee5a3e1dbc9fda7a275f885f1057eb5d49b9c6362b'
        )

    def test_modes_date_and_system_are_fixed(self):
        zipped = Zip__Deterministic().add('a', b'', executable=True).add('b', b'').bytes()
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            seen = [(one.external_attr >> 16, one.date_time, one.create_system) for one in archive.infolist()]
        assert seen == [(0o100755, (1980, 1, 1, 0, 0, 0), 3), (0o100644, (1980, 1, 1, 0, 0, 0), 3)]

    @pytest.mark.parametrize('path', ['/etc/passwd', '../up.py', 'a/../../b', '', 'a\\b', 'a.py'])
    def test_refuses_a_path_that_leaves_the_zip_or_repeats(self, path):
        with pytest.raises(Zip__Bad_Path, match='absolute, climbs or repeats'):
            Zip__Deterministic().add('a.py', b'').add(path, b'')

    def test_a_file_with_the_path_of_a_folder_is_refused(self):
        with pytest.raises(Zip__Bad_Path, match="'a' is a file and a folder"):
            Zip__Deterministic().add('a', b'').add('a/b', b'').bytes()

    def test_small_is_stored_and_large_is_compressed(self):
        small = Zip__Deterministic().add('a', bytes(Zip__Deterministic.STORED_MAX)).bytes()
        large = Zip__Deterministic().add('a', bytes(Zip__Deterministic.STORED_MAX + 1)).bytes()
        assert len(small) > Zip__Deterministic.STORED_MAX > 100 * len(large)

    def test_is_made_once_until_something_is_added(self):
        zipped = Zip__Deterministic().add('a', b'1')
        first = zipped.bytes()
        assert zipped.bytes() is first
        with zipfile.ZipFile(io.BytesIO(zipped.add('b', b'2').bytes())) as archive:
            assert archive.namelist() == ['a', 'b']

    def test_a_folder_is_added_without_its_caches_and_with_its_x_bits(self, tmp_path):
        (tmp_path / 'app').mkdir()
        (tmp_path / 'app' / 'a.py').write_bytes(b'1')
        (tmp_path / 'tool').write_bytes(b'2')
        (tmp_path / 'tool').chmod(0o755)
        for unwanted in ('__pycache__/a.pyc', '.git/HEAD', '.env', 'notes.tmp'):
            file = tmp_path / unwanted
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(b'x')
        zipped = Zip__Deterministic().add_folder(tmp_path, 'python/', ignore=['*.tmp'])
        assert zipped.entries == {'python/app/a.py': (b'1', 0o644), 'python/tool': (b'2', 0o755)}

    def test_the_bytes_of_a_folder_do_not_depend_on_its_times(self, tmp_path):
        (tmp_path / 'a.py').write_bytes(b'1')
        one = Zip__Deterministic().add_folder(tmp_path).bytes()
        os.utime(tmp_path / 'a.py', (0, 0))
        assert Zip__Deterministic().add_folder(str(tmp_path)).bytes() == one

    def test_a_folder_that_is_not_there_is_refused(self, tmp_path):
        with pytest.raises(File__Not_Found, match='is not a folder'):
            Zip__Deterministic().add_folder(tmp_path / 'no')
