import pytest

from tests.Wheel_Folder import Wheel_Folder


@pytest.fixture(autouse=True)
def temp_folder(monkeypatch, tmp_path):
    """What is installed in a test is the test's own."""
    folder = tmp_path / 'temp'
    folder.mkdir()
    monkeypatch.setattr('tempfile.tempdir', str(folder))
    return folder


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A folder of small wheels, and no index."""
    return Wheel_Folder(tmp_path / 'wheels').add('one').use(monkeypatch)
