import pytest

from osbot_lambda.packaging.wheels.Installer import Installer
from tests.Wheel_Folder import Wheel_Folder


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A folder for wheels, which is all that pip and uv know."""
    return Wheel_Folder(tmp_path / 'wheels').use(monkeypatch)


@pytest.fixture(params=['uv', 'pip'])
def tool(request, monkeypatch):
    """Each test that takes it runs with either."""
    if request.param == 'pip':
        monkeypatch.setattr(Installer, 'uv', staticmethod(lambda: None))
    return request.param
