import io
import stat
import threading
import zipfile

import pytest

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Code_Store import Code_Store
from osbot_lambda.local.server.lambda_.Code_Unpacker import Code_Unpacker
from tests.local.server.Lambda_Rig import zip_of


def zip_with(*entries):
    """A zip of (name, data, unix mode or None)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data, mode in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if mode is not None:
                info.create_system, info.external_attr = 3, mode << 16
            archive.writestr(info, data)
    return buffer.getvalue()


LINK = stat.S_IFLNK | 0o777


@pytest.fixture
def store(tmp_path):
    return Code_Store(tmp_path / 'work')


def assert_refused(store, data, words):
    with pytest.raises(Api__Error) as caught:
        store.add(data)
    assert (caught.value.code, caught.value.status) == ('InvalidParameterValueException', 400)
    assert words in caught.value.message
    assert list(store.folder.glob('*')) == []


class test_Code_Store:
    def test_files_and_folders_are_unpacked(self, store):
        code = store.add(zip_of({'app.py': 'x = 1', 'lib/deep/data.bin': b'\x00\xff', 'lib/empty/': ''}))
        assert (code.folder / 'app.py').read_text() == 'x = 1'
        assert (code.folder / 'lib/deep/data.bin').read_bytes() == b'\x00\xff'
        assert (code.folder / 'lib/empty').is_dir()

    def test_the_same_zip_is_stored_and_unpacked_once(self, store):
        data = zip_of('x = 1')
        one, two = store.add(data), store.add(data)
        assert one is two
        assert sorted(path.name for path in store.folder.iterdir()) == [one.sha, f'{one.sha}.zip']
        assert store.zip_bytes(one.sha) == data
        assert one.size == len(data)

    def test_many_at_once_with_the_same_zip_share_one_folder(self, store):
        data, found = zip_of('x = 1'), []
        together = threading.Barrier(6)

        def add():
            together.wait()
            found.append(store.add(data))

        threads = [threading.Thread(target=add) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({code.folder for code in found}) == 1
        assert sorted(path.suffix for path in store.folder.iterdir()) == ['', '.zip']

    def test_a_sha_that_is_a_path_finds_nothing(self, store):
        store.add(zip_of('x = 1'))
        assert store.zip_bytes('../../secret') is None

    def test_x_bits_stay(self, store):
        folder = store.add(zip_with(('tool', b'#!', 0o100755), ('plain', b'', 0o100600), ('dos', b'', None))).folder
        assert [bool((folder / name).stat().st_mode & 0o111) for name in ('tool', 'plain', 'dos')] == [
            True,
            False,
            False,
        ]

    def test_links_within_the_package_stay_links(self, store):
        entries = [('lib/a.so.1', b'so', None), ('lib/a.so', b'a.so.1', LINK), ('b.so', b'lib/a.so', LINK)]
        folder = store.add(zip_with(*entries)).folder
        assert (folder / 'b.so').is_symlink()
        assert (folder / 'b.so').read_bytes() == b'so'

    @pytest.mark.parametrize(
        ('data', 'words'),
        [
            (b'', 'Uploaded file must be a non-empty zip'),
            (zip_with(), 'Uploaded file must be a non-empty zip'),
            (b'no zip', 'Could not unzip uploaded file. Please check your file, then try to upload again.'),
            (zip_of('x = 1')[:-30], 'Could not unzip uploaded file.'),
            (zip_of({'a.py': 'x = 1'}).replace(b'x = 1', b'x = 2'), 'Could not unzip uploaded file.'),
            (zip_with(('../evil.py', b'', None)), "entry '../evil.py' is outside of the package"),
            (zip_with(('lib/../../evil.py', b'', None)), 'is outside of the package'),
            (zip_with(('/etc/evil', b'', None)), "entry '/etc/evil' is outside of the package"),
            (zip_with(('passwd', b'/etc/passwd', LINK)), "link 'passwd' points out of the package"),
            (zip_with(('up', b'../..', LINK)), "link 'up' points out of the package"),
            (zip_with(('lib', b'/tmp', LINK), ('lib/evil', b'', None)), "link 'lib' is also a file or a folder"),
            (zip_with(('a', b'', None), ('a/b', b'', None)), "'a' is both a file and a folder"),
            (zip_with(('n' * 300, b'', None)), 'a path in it: File name too long'),
            (zip_with(('link', b'x' * 5000, LINK)), 'a path in it: File name too long'),
            (zip_with(('link', b'', LINK)), "link 'link' points nowhere"),
            (zip_with(('link', b'a\0b', LINK)), "link 'link' points nowhere"),
            (zip_with(('link', b'\xff', LINK)), 'Could not unzip uploaded file.'),
            # the first leads out only once the second is there
            (
                zip_with(('a/b/c/x', b'', None), ('up', b'a/b/c/back/../../x', LINK), ('a/b/c/back', b'../..', LINK)),
                "link 'up' points out of the package",
            ),
        ],
    )
    @pytest.mark.fidelity(
        'Zip that leaves its folder, or is none',
        aws='400 InvalidParameterValueException, Could not unzip uploaded file',
        ours='as AWS; for paths that leave the folder the text is assumed',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_what_is_refused_leaves_nothing_behind(self, store, data, words):
        assert_refused(store, data, words)

    def test_too_much_is_noticed_while_unpacking_whatever_the_zip_says(self, store, monkeypatch):
        monkeypatch.setattr(Code_Unpacker, 'MAX_UNZIPPED', 100_000)
        monkeypatch.setattr(Code_Unpacker, 'CHUNK', 1000)
        assert_refused(store, zip_of({'a': b'x' * 60_000, 'b': b'x' * 60_000}), 'must be smaller than 100000 bytes')
        store.add(zip_of({'a': b'x' * 50_000, 'b': b'x' * 50_000}))

    @pytest.mark.fidelity(
        'Unzipped size',
        aws='262,144,000 bytes with layers, over it 400',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_the_limit_is_awss(self):
        assert Code_Unpacker.MAX_UNZIPPED == 262_144_000
