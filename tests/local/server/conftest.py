import pytest

from tests.local.server.Lambda_Rig import Fake_Invoker, Lambda_Rig


@pytest.fixture
def rig(tmp_path):
    """Engines with real workers."""
    rig = Lambda_Rig(tmp_path)
    yield rig
    rig.stop()
    assert rig.threads() == []


@pytest.fixture
def make_rig(tmp_path):
    """Engines with a Python function instead of workers."""
    rigs = []

    def make(function, **settings):
        rigs.append(Lambda_Rig(tmp_path / str(len(rigs)), Fake_Invoker(function), **settings))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.stop()
        assert rig.threads() == []
