import pytest

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Installed_Distributions import Installed_Distributions

HERE = Lambda_Platform('python3.12')


class test_Installed_Distributions:
    def names(self, found):
        return [f'{one.name}=={one.version}' for one in found]

    def test_the_distribution_of_an_import_is_the_one_that_installed_its_file(self, site):
        site.add('PyYAML', '6.0.3', ['yaml/__init__.py', '_yaml/__init__.py'])
        site.add('yaml', '0.1', ['something_else/__init__.py'])  # its name is no proof
        site.add('six', '1.17.0', ['six.py'])
        site.add('charset-normalizer', '3.5', ['charset_normalizer/__init__.py', '81d243bd__mypyc.abi3.so'])
        installed = site.installed()
        assert self.names(installed.of_import('yaml')) == ['pyyaml==6.0.3']
        assert self.names(installed.of_import('_yaml')) == ['pyyaml==6.0.3']
        assert self.names(installed.of_import('six')) == ['six==1.17.0']
        assert self.names(installed.of_import('81d243bd__mypyc')) == ['charset-normalizer==3.5']
        assert installed.of_import('nothing') == []

    def test_namespace_packages_of_several_distributions(self, site):
        site.add('google-cloud-storage', '3', ['google/cloud/storage/__init__.py'])
        site.add('google-cloud-core', '2', ['google/cloud/client/__init__.py', 'google/cloud/version.py'])
        site.add('protobuf', '6', ['google/protobuf/__init__.py', 'google/protobuf/message.py'])
        site.add('ruamel.yaml', '0.18', ['ruamel/yaml/__init__.py'])
        installed = site.installed()
        assert self.names(installed.of_import('google.cloud.storage')) == ['google-cloud-storage==3']
        assert self.names(installed.of_import('google.cloud.storage.blob')) == ['google-cloud-storage==3']
        assert self.names(installed.of_import('google.cloud', ['storage', 'version'])) == [
            'google-cloud-core==2',
            'google-cloud-storage==3',
        ]
        assert self.names(installed.of_import('google.protobuf', ['message', '*'])) == ['protobuf==6']
        assert self.names(installed.of_import('google.cloud.firestore')) == []
        assert self.names(installed.of_import('google')) == []
        assert self.names(installed.of_import('ruamel')) == ['ruamel-yaml==0.18']

    def test_a_part_that_is_gone_is_still_of_its_package(self, site):
        site.add('tool', files=['tool/__init__.py'])
        assert self.names(site.installed().of_import('tool.for_windows.only')) == ['tool==1.0']

    def test_of_two_with_the_same_file_the_preferred(self, site):
        site.add('opencv-python', '4', ['cv2/__init__.py']).add('opencv-python-headless', '4', ['cv2/__init__.py'])
        installed = site.installed()
        assert self.names(installed.of_import('cv2', prefer=['opencv-python-headless'])) == [
            'opencv-python-headless==4'
        ]
        assert self.names(installed.of_import('cv2')) == ['opencv-python==4']

    def test_the_first_folder_wins_as_on_sys_path(self, site, tmp_path):
        first = type(site)(tmp_path / 'first').add('tool', '2')
        site.add('tool', '1')
        both = Installed_Distributions([first.folder, site.folder])
        assert self.names(both.of_import('tool')) == ['tool==2']
        assert both.get('Tool').version == '2'

    def test_an_editable_install_by_its_folder(self, site, project):
        root = project(
            {
                'pyproject.toml': '[project]\nname = "my-lib"',
                'src/my_lib/__init__.py': '',
                'src/my_lib/deep/mod.py': '',
                'src/other.py': '',
            }
        )
        url = {'url': root.as_uri(), 'dir_info': {'editable': True}}
        site.add('my-lib', files=['_my_lib.pth'], direct_url=url)
        installed = site.installed()
        for module in ('my_lib', 'my_lib.deep.mod', 'other'):
            assert self.names(installed.of_import(module)) == ['my-lib==1.0']
        assert installed.of_import('my_library') == []

    def test_an_editable_install_by_its_import_hook(self, site, project):
        root = project({'lib/pkg/__init__.py': '', 'lib/single.py': '', 'pyproject.toml': ''})
        mapping = {'pkg': str(root / 'lib/pkg'), 'single': str(root / 'lib/single')}
        hook = f'from x import y\nMAPPING: dict[str, str] = {mapping!r}\nNAMESPACES = {{}}\n'
        site.add(
            'my-lib',
            texts={'__editable___my_lib_1_0_finder.py': hook},
            direct_url={'url': root.as_uri(), 'dir_info': {'editable': True}},
        )
        one = site.installed().get('my-lib')
        assert self.names(site.installed().of_import('single')) == ['my-lib==1.0']
        assert [path for path, _ in one.local().files] == [
            'my_lib-1.0.dist-info/METADATA',
            'pkg/__init__.py',
            'single.py',
        ]

    def test_this_environment(self):
        installed = Installed_Distributions()
        assert [one.name for one in installed.of_import('yaml')] == ['pyyaml']
        assert [one.name for one in installed.of_import('dateutil.parser')] == ['python-dateutil']
        assert [one.name for one in installed.of_import('osbot_lambda.errors')] == ['osbot-lambda']
        assert 'urllib3' in [line.name for line in installed.get('requests').requires(HERE)]


class test_Installed_Distribution:
    def test_what_it_needs_on_the_platform(self, site):
        site.add(
            'tool',
            requires=[
                'Idna>=3',
                'colorama; sys_platform == "win32"',
                'tomli; python_version < "3.11"',
                'orjson>=3; extra == "fast"',
                'uvloop; extra == "fast" and platform_machine == "x86_64"',
            ],
        )
        tool = site.installed().get('tool')
        assert [line.name for line in tool.requires(HERE)] == ['idna']
        assert [line.name for line in tool.requires(HERE, ['fast'])] == ['idna', 'orjson', 'uvloop']
        arm = Lambda_Platform('python3.12', 'arm64')
        assert [line.name for line in tool.requires(arm, ['fast'])] == ['idna', 'orjson']

    @pytest.mark.parametrize(
        ('direct_url', 'expected'),
        [
            (None, 'tool[x]==2.1.0 ; sys_platform == "linux"'),
            (
                {'url': 'https://h/t.git', 'vcs_info': {'vcs': 'git', 'commit_id': '01ab'}, 'subdirectory': 'py'},
                'tool[x] @ git+https://h/t.git@01ab#subdirectory=py ; sys_platform == "linux"',
            ),
            (
                {'url': 'https://h/t-2.whl', 'archive_info': {'hashes': {'sha256': 'ab'}}},
                'tool[x] @ https://h/t-2.whl ; sys_platform == "linux" --hash=sha256:ab',
            ),
            ({'url': 'file:///nowhere/t-2.whl', 'archive_info': {}}, 'None'),
            ({'url': 'file:///nowhere', 'dir_info': {}}, 'None'),
            ({'url': 'file:///nowhere', 'dir_info': {'editable': True}}, 'None'),
        ],
        ids=['index', 'repository', 'archive', 'archive that is gone', 'folder', 'editable'],
    )
    def test_how_to_get_the_same_elsewhere(self, site, direct_url, expected):
        site.add('tool', '2.1.0+cpu', direct_url=direct_url)
        assert str(site.installed().get('tool').line(['x'], 'sys_platform == "linux"')) == expected

    def test_what_was_compiled_from_a_folder_is_built_anew(self, site, tmp_path):
        url = {'url': tmp_path.as_uri(), 'dir_info': {}}
        site.add('fast', direct_url=url, tag='cp311-cp311-linux_x86_64').add('slow', direct_url=url)
        assert str(site.installed().get('fast').line()) == f'fast @ {tmp_path.as_uri()}'
        assert site.installed().get('slow').line() is None

    def test_its_files_without_the_notes_of_the_installer(self, site):
        files = ['tool/__init__.py', 'tool/data.json', '../../bin/tool', 'tool/__pycache__/x.cpython-311.pyc']
        info = 'tool-1.0.dist-info'
        site.add('tool', texts={**dict.fromkeys(files, ''), f'{info}/entry_points.txt': '[console_scripts]'})
        local = site.installed().get('tool').local()
        assert [path for path, _ in local.files] == [
            f'{info}/METADATA',
            f'{info}/entry_points.txt',
            'tool/__init__.py',
            'tool/data.json',
        ]
        assert all(file.is_file() for _, file in local.files)
