"""A package put together: own code by its imports, and wheels from a folder of tiny ones."""

import pytest

from osbot_lambda.errors import File__Not_Found, Packaging__Install_Failed, Requirement__Invalid
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Options import Package_Options
from osbot_lambda.packaging.Package_Recipe import Package_Recipe
from tests.Wheel_Folder import Wheel_Folder

PLATFORM = Lambda_Platform('python3.12')
RUN = 'def run(event, context): return event\n'


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    folder = Wheel_Folder(tmp_path / 'wheels').add('one_x', requires=['two_x']).add('two_x', 'three_x')
    return folder.add('three_x', version='2.0').use(monkeypatch)


@pytest.fixture
def recipe(project, wheels):
    """recipe(app.py's text, **files): for a handler app.run in a project of its own."""

    def made(text, files=None):
        root = project({'app.py': text + RUN, '.git/HEAD': '', **(files or {})})
        return Package_Recipe(Handler_Source('app.run', [root]))

    return made


def packaged(recipe):
    return recipe.make(lambda: PLATFORM)


def never():
    raise AssertionError('nothing depends on the platform')


class test_Package_Recipe:
    def test_a_plain_function_asks_for_no_platform_and_no_package(self, recipe):
        package = recipe('import json, boto3.session\n').make(lambda: PLATFORM)
        assert package.files() == ['app.py']
        assert package.distributions() == []
        assert recipe('import json\n').make(never).files() == ['app.py']

    def test_what_is_imported_comes_with_what_it_needs(self, recipe):
        package = packaged(recipe('import one_x\n', {'requirements.txt': 'one_x\nthree_x\n'}))
        assert package.distributions() == ['one-x==1.0', 'two-x==1.0']
        files = package.files()
        assert {'app.py', 'one_x/__init__.py', 'two_x/__init__.py'} < {*files}
        assert files.why('one_x/__init__.py').startswith('of one-x==1.0, imported at ')
        assert files.left_out['three-x'] == 'requirements.txt declares it, and no import needs it'
        assert package.missing() == []

    def test_what_nobody_declares_or_installed_is_missing(self, recipe):
        package = packaged(recipe('import one_x, nowhere_x\n', {'requirements.txt': 'one_x'}))
        assert [missing.name for missing in package.missing()] == ['nowhere_x']
        assert package.distributions() == ['one-x==1.0', 'two-x==1.0']

    def test_a_list_is_all_there_is(self, recipe):
        wanted = recipe('import one_x\n', {'requirements.txt': 'one_x'})
        wanted.requirements = ['three_x<2']
        package = packaged(wanted)
        assert package.distributions() == ['three-x==1.0']
        assert package.files().why('three_x/__init__.py').endswith('named in set_requirements')
        assert [missing.name for missing in package.missing()] == ['one_x']

    def test_a_file_is_read_anew_each_time(self, recipe, tmp_path):
        wanted, file = recipe(''), tmp_path / 'wanted.txt'
        file.write_text('three_x==1.0')
        wanted.requirements = [str(file)]
        assert packaged(wanted).distributions() == ['three-x==1.0']
        file.write_text('three_x==2.0')
        assert packaged(wanted).distributions() == ['three-x==2.0']

    def test_a_file_that_is_gone_is_said(self, recipe, tmp_path):
        wanted = recipe('')
        wanted.requirements = [str(tmp_path / 'requirements.txt')]
        with pytest.raises(File__Not_Found):
            packaged(wanted)

    def test_packages_come_besides_in_versions_that_fit_the_rest(self, recipe):
        wanted = recipe('import three_x\n', {'requirements.txt': 'three_x==1.0'})
        wanted.packages = ['one_x', 'three_x']
        assert packaged(wanted).distributions() == ['one-x==1.0', 'three-x==1.0', 'two-x==1.0']

    def test_packages_that_do_not_fit_the_rest_are_refused(self, recipe):
        wanted = recipe('import three_x\n', {'requirements.txt': 'three_x==1.0'})
        wanted.packages = ['three_x==2.0']
        with pytest.raises(Packaging__Install_Failed):
            packaged(wanted)

    def test_what_comes_from_elsewhere_stays_out(self, recipe):
        wanted = recipe('import one_x, three_x\n', {'requirements.txt': 'one_x\nthree_x'})
        wanted.elsewhere = frozenset({'one-x'})
        package = packaged(wanted)
        assert package.distributions() == ['three-x==2.0']
        assert package.files().left_out['one-x'] == 'it comes from elsewhere (skip_packages)'

    def test_a_layer_brings_what_it_needs_too(self, recipe):
        wanted = recipe('import one_x, two_x, three_x\n', {'requirements.txt': 'one_x\ntwo_x\nthree_x'})
        wanted.in_layer = ('one_x',)
        package = packaged(wanted)
        assert package.distributions() == ['three-x==2.0']
        left_out = package.files().left_out
        assert left_out['one-x'] == left_out['two-x==1.0'] == 'the layer of packages has it'

    def test_a_script_s_block_is_the_list(self, recipe):
        block = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["three_x<2"]\n# ///\n'
        assert packaged(recipe(block + 'import json\n')).distributions() == ['three-x==1.0']

    def test_a_script_for_a_newer_python_is_refused(self, recipe):
        block = '# /// script\n# requires-python = ">=3.13"\n# dependencies = []\n# ///\n'
        with pytest.raises(Requirement__Invalid, match=r'3\.13'):
            packaged(recipe(block))

    def test_what_the_code_loads_from_s3_is_not_packaged(self, recipe):
        text = 'from boto3__lambda import load_dependency\nload_dependency("one_x")\nimport one_x\n'
        files = {'requirements.txt': 'one_x', 'boto3__lambda.py': 'def load_dependency(name): ...\n'}
        package = packaged(recipe(text, files))
        assert package.distributions() == []
        assert package.missing() == []

    def test_a_module_that_was_added_is_not_asked_of_an_index(self, recipe, tmp_path):
        wanted = recipe('import one_x\n', {'requirements.txt': 'one_x'})
        (tmp_path / 'mine' / 'one_x').mkdir(parents=True)
        (tmp_path / 'mine' / 'one_x' / '__init__.py').write_text('MINE = 1\n')
        wanted.additions.append(lambda package: package.add_folder(tmp_path / 'mine' / 'one_x'))
        package = packaged(wanted)
        assert package.distributions() == []
        assert package.entries['one_x/__init__.py'].data == b'MINE = 1\n'

    def test_lambda_s_own_packages_stay_out_unless_pinned(self, recipe, wheels):
        wheels.add('boto3', requires=['botocore']).add('botocore')
        assert packaged(recipe('import boto3\n', {'requirements.txt': 'boto3>=1'})).distributions() == []
        pinned = packaged(recipe('import boto3\n', {'requirements.txt': 'boto3==1.0\nbotocore==1.0'}))
        assert pinned.distributions() == ['boto3==1.0', 'botocore==1.0']

    def test_exclude_holds_for_wheels_too(self, recipe):
        wanted = recipe('import one_x\n', {'requirements.txt': 'one_x'})
        wanted.exclude = ('two_x',)
        assert not any(path.startswith('two_x/') for path in packaged(wanted).files())

    def test_options_hold_for_code_without_packages(self, recipe):
        wanted = recipe('')
        wanted.options = Package_Options(precompile=True)
        package = wanted.make(lambda: Lambda_Platform.here())
        assert any(path.endswith('.pyc') for path in package.files())

    def test_the_same_is_the_same(self, recipe):
        wanted = recipe('import one_x\n', {'requirements.txt': 'one_x'})
        assert packaged(wanted).code_sha256() == packaged(wanted).code_sha256()
