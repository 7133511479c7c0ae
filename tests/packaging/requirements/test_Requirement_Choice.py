import pytest

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.Import_Ref import Import_Ref
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Project_Requirements import Project_Requirements
from osbot_lambda.packaging.requirements.Requirement_Choice import Requirement_Choice
from osbot_lambda.packaging.requirements.Script_Block import Script_Block

X86_312 = Lambda_Platform('python3.12')


class test_Requirement_Choice:
    @pytest.fixture
    def choose(self, site, project):
        """Chooses for 'module' or ('module', 'name', …) imports; a '?' in front: optional."""

        def choose(*imports, files=None, **settings):
            root = project({'.git/HEAD': '', **(files or {})})
            refs = []
            for line, one in enumerate(imports, 1):
                module, *names = [one] if isinstance(one, str) else one
                refs.append(Import_Ref(module.lstrip('?'), tuple(names), line, module[0] == '?', file='app.py'))
            return Requirement_Choice.for_imports(
                refs, Project_Requirements.find(root), site.installed(), X86_312, **settings
            )

        return choose

    @pytest.fixture
    def requests_in(self, site):
        site.add('requests', '2.34.2', requires=['idna<4', 'urllib3>=2', 'PySocks; extra == "socks"'])
        site.add('idna', '3.20').add('urllib3', '2.8.0').add('PySocks', '1.7', ['socks.py']).add('unrelated', '1')
        return site

    # ---- what is installed

    def test_the_installed_versions_and_nothing_that_is_not_reached(self, choose, requests_in):
        found = choose('requests.auth', 'socks')
        assert found.wanted.requirements == ('pysocks==1.7', 'requests==2.34.2')
        assert found.wanted.constraints == ('idna==3.20', 'urllib3==2.8.0')
        assert (found.wanted.no_deps, found.wanted.pinned, found.wanted.local) == (False, frozenset(), ())
        assert found.why == {'requests': 'imported at app.py:1', 'pysocks': 'imported at app.py:2'}
        assert (found.missing, found.unused) == ((), ())

    def test_the_project_gives_extras_and_markers(self, choose, requests_in):
        text = '[project]\nname = "x"\ndependencies = ["requests[socks]>=2 ; sys_platform == \'linux\'", "idna"]'
        found = choose('requests', files={'pyproject.toml': text})
        assert found.wanted.requirements == ('requests[socks]==2.34.2 ; sys_platform == "linux"',)
        assert found.wanted.constraints == ('idna==3.20', 'pysocks==1.7', 'urllib3==2.8.0')
        assert found.wanted.pinned == frozenset()
        assert found.unused == ()  # idna comes along

    def test_a_declared_version_that_is_not_the_installed_one(self, choose, requests_in):
        found = choose('requests', files={'requirements.txt': 'requests==3\nidna>=4\n'})
        assert found.wanted.requirements == ('requests==3',)
        assert found.wanted.constraints == ('idna>=4', 'urllib3==2.8.0')

    def test_hashes_that_are_declared_stay(self, choose, requests_in):
        text = f'requests==2.34.2 --hash=sha256:{"a" * 64}\nidna==3.20 --hash=sha256:{"b" * 64}\n-c c.txt'
        found = choose('requests', files={'requirements.txt': text, 'c.txt': 'urllib3<2.8\nother==1'})
        assert found.wanted.requirements == (
            f'requests==2.34.2 --hash=sha256:{"a" * 64}',
            f'idna==3.20 --hash=sha256:{"b" * 64}',
        )
        assert found.wanted.constraints == ('urllib3<2.8', 'other==1')

    def test_optional_imports_count_when_they_are_there(self, choose, requests_in):
        found = choose('?idna', '?not_there')
        assert found.wanted.requirements == ('idna==3.20',)
        assert found.missing == ()

    def test_a_pattern_stands_for_its_package(self, choose, requests_in):
        assert choose('requests.*').wanted.requirements == ('requests==2.34.2',)

    def test_declared_and_never_reached(self, choose, requests_in):
        text = 'requests\nunrelated\nwindows-only; sys_platform == "win32"\nboto3\n'
        assert choose('requests', 'boto3', files={'requirements.txt': text}).unused == ('unrelated',)

    # ---- what Lambda's runtime has

    def test_what_the_runtime_has_is_left_out(self, choose, site):
        site.add('boto3', '1.44.5', requires=['botocore']).add('botocore', '1.44.5')
        site.add('python-dateutil', '2.9', ['dateutil/__init__.py'])
        found = choose('boto3', 'dateutil.parser', 'botocore', 'urllib3', files={'requirements.txt': 'boto3'})
        assert found.wanted.requirements == ()
        assert (found.missing, found.unused) == ((), ())

    def test_unless_the_user_says_its_version(self, choose, site):
        site.add('boto3', '1.44.5', requires=['botocore']).add('botocore', '1.44.5')
        found = choose('boto3', files={'requirements.txt': 'boto3==1.44.5'})
        assert found.wanted.requirements == ('boto3==1.44.5',)
        assert found.wanted.constraints == ('botocore==1.44.5',)
        assert found.wanted.pinned == {'boto3'}

    # ---- what isn't installed

    def test_an_import_that_nothing_provides_is_missing_and_never_guessed(self, choose):
        found = choose('nobody.owns', 'nobody.owns')
        assert found.wanted.requirements == ()
        assert [str(one) for one in found.missing] == ['nobody.owns (app.py:1)']

    def test_not_installed_but_declared_under_the_name_of_the_import(self, choose):
        text = 'requests>=2\ngoogle-cloud-storage==3'
        found = choose('requests', 'google.cloud.storage', files={'requirements.txt': text})
        assert found.wanted.requirements == ('google-cloud-storage==3', 'requests>=2')
        assert found.missing == ()

    def test_what_is_declared_and_not_installed_may_be_what_is_missing(self, choose, requests_in):
        found = choose('yaml', files={'requirements.txt': 'PyYAML>=6\nrequests\nwinonly; os_name == "nt"'})
        assert found.wanted.requirements == ('pyyaml>=6',)
        assert found.why == {'pyyaml': 'declared in requirements.txt, and not installed here'}
        assert [one.name for one in found.missing] == ['yaml']
        assert found.unused == ('requests',)

    def test_we_are_never_taken_along(self, choose, site):
        site.add('osbot-lambda').add('tool', requires=['osbot-lambda', 'six']).add('six')
        found = choose('osbot_lambda.deploy', 'tool', files={'requirements.txt': 'osbot-lambda'})
        assert found.wanted.requirements == ('tool==1.0',)
        assert found.wanted.constraints == ('six==1.0',)
        assert [one.name for one in found.missing] == ['osbot_lambda.deploy']

    # ---- what was installed from elsewhere

    def test_from_a_folder_is_copied_and_its_needs_asked_for(self, choose, site):
        folder = {'url': 'file:///work/lib', 'dir_info': {}}
        site.add('lib', requires=['six>=1', 'other-lib', 'absent'], direct_url=folder).add('six', '1.17.0')
        site.add('other-lib', requires=['idna'], direct_url=folder).add('idna', '3.20')
        found = choose('lib')
        assert [one.name for one in found.wanted.local] == ['lib', 'other-lib']
        assert found.wanted.requirements == ('absent', 'idna==3.20', 'six==1.17.0')
        assert not found.wanted.no_deps

    def test_no_index_is_asked_for_a_name_that_came_from_a_folder(self, choose, site):
        site.add('tool', '2', requires=['lib', 'idna', 'absent>=1']).add('idna', '3.20')
        site.add('lib', requires=['six'], direct_url={'url': 'file:///work/lib', 'dir_info': {}}).add('six', '1.17.0')
        found = choose('tool')
        assert [one.name for one in found.wanted.local] == ['lib']
        assert found.wanted.no_deps  # else the resolver would ask for what tool needs: lib
        assert found.wanted.requirements == ('six==1.17.0', 'tool==2', 'idna==3.20', 'absent>=1')
        assert found.wanted.constraints == ()

    def test_from_a_repository(self, choose, site):
        git = {'url': 'https://host/lib', 'vcs_info': {'vcs': 'git', 'commit_id': '01ab'}}
        site.add('tool', requires=['lib']).add('lib', direct_url=git)
        found = choose('tool')
        assert found.wanted.requirements == ('tool==1.0', 'lib @ git+https://host/lib@01ab')

    # ---- a lock

    LOCK = """
        version = 1
        requires-python = ">=3.12"
        [[package]]
        name = "app"
        source = { virtual = "." }
        dependencies = [{ name = "requests" }, { name = "flask" }]
        [package.metadata]
        requires-dist = [{ name = "requests", specifier = ">=2" }, { name = "flask" }]
        [[package]]
        name = "flask"
        version = "3"
        source = { registry = "https://pypi.org/simple" }
        [[package]]
        name = "idna"
        version = "3.4"
        source = { registry = "https://pypi.org/simple" }
        wheels = [{ url = "https://h/idna.whl", hash = "sha256:b1" }]
        [[package]]
        name = "requests"
        version = "2.30"
        source = { registry = "https://pypi.org/simple" }
        dependencies = [{ name = "idna" }]
        wheels = [{ url = "https://h/requests.whl", hash = "sha256:a1" }]
        [package.optional-dependencies]
        socks = [{ name = "pysocks" }]
        [[package]]
        name = "pysocks"
        version = "1.6"
        source = { registry = "https://pypi.org/simple" }
        """
    APP = '[project]\nname = "app"\ndependencies = ["requests[socks]>=2", "flask"]'

    def test_the_lock_wins_over_what_is_installed(self, choose, requests_in):
        found = choose('requests', files={'uv.lock': self.LOCK, 'pyproject.toml': self.APP})
        assert found.wanted.requirements == (
            'idna==3.4 --hash=sha256:b1',
            'pysocks==1.6',
            'requests==2.30 --hash=sha256:a1',
        )
        assert found.wanted.no_deps
        assert found.wanted.pinned == frozenset()
        assert found.unused == ('flask',)

    def test_a_lock_names_what_is_not_installed(self, choose):
        found = choose('flask.views', files={'uv.lock': self.LOCK, 'pyproject.toml': self.APP})
        assert found.wanted.requirements == ('flask==3',)
        assert found.unused == ('requests',)

    def test_what_is_installed_and_not_locked_is_listed_with_all_that_it_needs(self, choose, site):
        site.add('adhoc', '2', requires=['idna', 'helper', 'absent']).add('helper', '0.1').add('idna', '9')
        found = choose('adhoc', 'flask', files={'uv.lock': self.LOCK, 'pyproject.toml': self.APP})
        assert found.wanted.requirements == (
            'flask==3',
            'idna==3.4 --hash=sha256:b1',
            'adhoc==2',
            'helper==0.1',
            'absent',
        )
        assert found.wanted.no_deps

    def test_a_pylock_by_what_is_installed(self, choose, requests_in):
        lock = 'lock-version = "1.0"\n' + ''.join(
            f'[[packages]]\nname = "{name}"\nversion = "{version}"\nsdist = {{hashes = {{sha256 = "a1"}}}}\n'
            for name, version in {'flask': '3', 'idna': '3.4', 'requests': '2.30', 'urllib3': '2.1'}.items()
        )
        found = choose('requests', files={'pylock.toml': lock})
        assert [line.partition(' ')[0] for line in found.wanted.requirements] == [
            *('idna==3.4', 'requests==2.30', 'urllib3==2.1'),
        ]
        assert found.wanted.no_deps

    def test_a_lock_for_another_python(self, choose, requests_in):
        files = {'uv.lock': self.LOCK.replace('>=3.12', '>=3.13'), 'pyproject.toml': self.APP}
        with pytest.raises(Requirement__Invalid, match=r'uv\.lock: it requires Python >=3\.13'):
            choose('requests', files=files)

    # ---- a script

    def test_a_script_is_its_own_list(self, choose, project, requests_in):
        text = '# /// script\n# dependencies = ["flask==3"]\n# ///\n'
        script = Script_Block.read(project({'s.py': text}, 'scripts') / 's.py')
        found = choose('requests', files={'requirements.txt': 'requests'}, script=script)
        assert found.wanted.requirements == ('flask==3',)
        assert (found.missing, found.unused) == ((), ())
