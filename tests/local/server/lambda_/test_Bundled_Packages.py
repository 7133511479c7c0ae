import pytest

from osbot_lambda.errors import Runtime__No_Package
from osbot_lambda.local.server.lambda_.Bundled_Packages import Bundled_Packages
from osbot_lambda.python.Python_Finder import Python_Finder
from osbot_lambda.runtime.Runtime_Folder import HERE, Runtime_Folder
from tests.Wheel_Folder import Wheel_Folder

OTHER = next((one for one in ('3.12', '3.13', '3.10') if one != HERE and Python_Finder.find(one)), '')
OLD = next((one for one in ('3.9', '3.8') if Python_Finder.find(one)), '')


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv('OSBOT_LAMBDA_CACHE', str(tmp_path / 'cache'))
    return tmp_path / 'cache'


class test_Bundled_Packages:
    def test_for_our_own_version_those_installed_do_as_they_are(self, cache):
        assert Bundled_Packages().find('boto3', HERE) is None
        assert not cache.exists()

    @pytest.mark.skipif(not OTHER, reason='no second Python that today’s boto3 supports on this machine')
    def test_for_another_version_those_installed_are_copied_once_with_its_bytecode(self, cache, monkeypatch):
        monkeypatch.setattr(Bundled_Packages, 'MODULES', {'boto3': ('jmespath', 'six')})  # the rest is megabytes
        folder = Bundled_Packages().find('boto3', OTHER)
        assert {path.name.partition('-')[0] for path in folder.iterdir()} == {
            'jmespath',
            'six',
            'six.py',
            '__pycache__',
        }
        compiled = sorted(path.name for path in (folder / 'jmespath').rglob('*.pyc'))
        assert f'lexer.cpython-{OTHER.replace(".", "")}.pyc' in compiled
        assert all(OTHER.replace('.', '') in name for name in compiled)
        monkeypatch.setattr(Bundled_Packages, '_compile', staticmethod(lambda *_: pytest.fail('made again')))
        assert Bundled_Packages().find('boto3', OTHER) == folder

    @pytest.mark.fidelity(
        'boto3 in every runtime',
        aws='each runtime brings a boto3',
        ours='today’s boto3, or the newest that supports the version of Python; the zip’s or a layer’s own goes first',
        source='D lambda-python',
        kind='documented',
    )
    @pytest.mark.skipif(not OLD, reason='no Python 3.8 or 3.9 on this machine')
    def test_for_a_version_that_it_no_longer_supports_it_is_the_newest_that_does(self, cache, tmp_path, monkeypatch):
        wheels = Wheel_Folder(tmp_path / 'wheels').use(monkeypatch)
        wheels.add('boto3', version='9.0', python='>=3.10').add('boto3', version='1.2', requires=['helper'])
        wheels.add('boto3', version='1.1').add('helper')
        folder = Bundled_Packages().find('boto3', OLD)
        assert (folder / 'boto3' / '__init__.py').read_text() == "__version__ = '1.2'\n"
        assert (folder / 'helper' / '__init__.py').exists()
        assert list((folder / 'boto3' / '__pycache__').glob(f'*-{OLD.replace(".", "")}.pyc'))
        assert folder.is_relative_to(cache)

    def test_what_cannot_be_had_is_said_with_the_reason(self, cache, tmp_path, monkeypatch):
        Wheel_Folder(tmp_path / 'wheels').use(monkeypatch)
        with pytest.raises(
            Runtime__No_Package, match=r'boto3 for Python 3\.8 could not be had.*: boto3 could not be'
        ) as it:
            Bundled_Packages().find('boto3', '3.8')
        assert (it.value.package, it.value.version) == ('boto3', '3.8')

    def test_a_client_that_is_not_installed_is_fetched(self, cache, tmp_path, monkeypatch):
        wheels = Wheel_Folder(tmp_path / 'wheels').use(monkeypatch)
        wheels.add('awslambdaric', version='4.0', requires=['simplejson'], python='>=3.10').add('simplejson')
        location = Runtime_Folder.location
        gone = staticmethod(lambda module: None if module == 'awslambdaric' else location(module))
        monkeypatch.setattr(Runtime_Folder, 'location', gone)
        folder = Bundled_Packages().find('awslambdaric', HERE)
        assert {path.name for path in folder.iterdir()} >= {'awslambdaric', 'simplejson'}
