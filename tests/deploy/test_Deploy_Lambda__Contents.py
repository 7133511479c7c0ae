"""What Deploy_Lambda is told of its packages, and what it warns of; with a folder of tiny wheels, on a fake cloud."""

import pytest

from osbot_lambda.deploy.Deploy_Budget import Deploy_Budget
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
from osbot_lambda.errors import File__Not_Found, Setting__Invalid, Zip__Too_Large
from tests.deploy.Fake_Cloud import Fake_Cloud, Fake_Session
from tests.Wheel_Folder import Wheel_Folder

RUN = 'def run(event, context): return event\n'


@pytest.fixture
def cloud():
    return Fake_Cloud()


@pytest.fixture
def make(cloud, tmp_path, monkeypatch):
    """make(text): a Deploy_Lambda of app.run in a project that declares one_x."""
    Wheel_Folder(tmp_path / 'wheels').add('one_x', requires=['two_x']).add('two_x', 'three_x').use(monkeypatch)
    root = tmp_path / 'project'
    (root / '.git').mkdir(parents=True)
    (root / 'requirements.txt').write_text('one_x\n')

    def made(text='import one_x\n', **given):
        (root / 'app.py').write_text(text + RUN)
        return Deploy_Lambda('app.run', source_roots=[root], session_kwargs=Fake_Session(cloud), **given)

    return made


def names(deploy):
    return [name.partition('==')[0] for name in deploy.package().distributions()]


class test_Deploy_Lambda__Contents:
    def test_packages_are_those_of_the_imports_unless_told(self, make):
        assert names(make()) == ['one-x', 'two-x']
        assert names(make().add_packages('three_x')) == ['one-x', 'three-x', 'two-x']
        assert names(make().skip_packages(['One.X'])) == []
        assert names(make().set_requirements(['three_x'])) == ['three-x']
        assert names(make().set_requirements([])) == []

    def test_a_file_of_requirements_is_looked_for_at_once(self, make, tmp_path):
        with pytest.raises(File__Not_Found):
            make().set_requirements(tmp_path / 'gone.txt')
        (tmp_path / 'there.txt').write_text('three_x\n')
        assert names(make().set_requirements(tmp_path / 'there.txt')) == ['three-x']

    def test_groups_without_a_file_that_has_some_are_refused(self, make):
        with pytest.raises(Setting__Invalid, match='groups'):
            make().set_requirements(['three_x'], groups=['lambda'])

    @pytest.mark.parametrize('method', ['add_packages', 'skip_packages', 'set_requirements'])
    def test_what_is_no_text_is_refused(self, make, method):
        with pytest.raises(Setting__Invalid, match='3 is no'):
            getattr(make(), method)([3])

    def test_exclude_and_include(self, make, tmp_path):
        (tmp_path / 'project' / 'data.txt').write_text('x')
        files = make(include=['data.txt'], exclude=['two_x']).files()
        assert 'data.txt' in files
        assert not any(file.startswith('two_x/') for file in files)

    def test_options_are_handed_on(self, make):
        deploy = make().set_remove_tests().set_strip_binaries().set_precompile()
        options = deploy.recipe.options
        assert (options.remove_tests, options.strip_binaries, options.precompile) == (True, True, True)
        deploy.set_remove_tests(False).set_strip_binaries(False)
        assert any(file.endswith('.pyc') for file in deploy.files())
        assert deploy.saved()['precompile'] < 0

    def test_newer_versions_are_looked_for_when_asked(self, make, tmp_path):
        def version():
            return next(iter(make('').set_requirements(['three_x']).refresh_packages(again).package().distributions()))

        again = False
        assert version() == 'three-x==1.0'
        Wheel_Folder(tmp_path / 'wheels').add('three_x', version='2.0')
        again = True
        assert version() == 'three-x==2.0'


class test_Deploy_Warnings:
    def test_an_import_that_is_known_only_when_it_runs(self, make):
        text = 'import importlib, os\ndef late(): return importlib.import_module(os.environ["X"])\n'
        (warning,) = make(text).deploy().warnings
        assert 'app.py:2 imports what is known only when it runs' in warning
        assert make(text).deploy().warnings == ()  # nothing is sent: it was said

    def test_a_missing_module_says_what_to_do(self, make):
        (warning,) = make('import nowhere_x\n').deploy().warnings
        assert 'nowhere_x' in warning
        assert 'add_packages' in warning


class test_Deploy_Layers:
    ARN = 'arn:aws:lambda:eu-west-1:123456789012:layer:a:1'

    def test_a_layer_for_another_runtime_or_architecture_is_warned_of(self):
        info = {'CompatibleRuntimes': ['python3.9'], 'CompatibleArchitectures': ['arm64']}
        runtime, architecture = Deploy_Layers._unfit(self.ARN, info, 'python3.12', 'x86_64')
        assert 'is made for python3.9, and the function is python3.12' in runtime
        assert 'is made for arm64, and the function is x86_64' in architecture
        assert list(Deploy_Layers._unfit(self.ARN, info, 'python3.9', 'arm64')) == []
        assert list(Deploy_Layers._unfit(self.ARN, {}, 'python3.12', 'x86_64')) == []


class test_Deploy_Budget:
    ARN = test_Deploy_Layers.ARN

    def test_code_and_layers_count_together(self, make):
        package = make().package()
        most = Deploy_Budget.MAX_BYTES - package.size()
        Deploy_Budget.check(package, Deploy_Layers((self.ARN,), zipped={self.ARN: most}))
        with pytest.raises(Zip__Too_Large, match=f'layer {self.ARN} .zipped.*the function .*one-x'):
            Deploy_Budget.check(package, Deploy_Layers((self.ARN,), zipped={self.ARN: most + 1}))

    def test_a_layer_that_goes_does_not_count(self, make):
        Deploy_Budget.check(make().package(), Deploy_Layers((), zipped={self.ARN: Deploy_Budget.MAX_BYTES}))

    def test_a_deploy_that_is_too_large_changes_nothing(self, make, cloud, monkeypatch):
        monkeypatch.setattr(Deploy_Budget, 'MAX_BYTES', 10)
        with pytest.raises(Zip__Too_Large):
            make().deploy()
        assert cloud.functions == {}
