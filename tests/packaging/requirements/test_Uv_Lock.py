import pytest

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirements import Requirements
from osbot_lambda.packaging.requirements.Uv_Lock import Uv_Lock

X86_312 = Lambda_Platform('python3.12')
ARM_311 = Lambda_Platform('python3.11', 'arm64')

LOCK = """
    version = 1
    revision = 3
    requires-python = ">=3.11"
    resolution-markers = ["python_full_version >= '3.12'", "python_full_version < '3.12'"]

    [[package]]
    name = "app"
    version = "0.1"
    source = { virtual = "." }
    dependencies = [
        { name = "numpy", version = "1.26.4", source = { registry = "PYPI" }, marker = "python_full_version < '3.12'" },
        { name = "numpy", version = "2.2.6", source = { registry = "PYPI" }, marker = "python_full_version >= '3.12'" },
        { name = "psycopg", extra = ["binary"] },
        { name = "colorama", marker = "sys_platform == 'win32'" },
    ]

    [package.optional-dependencies]
    web = [
        { name = "tool" },
        { name = "lib" },
    ]

    [package.dev-dependencies]
    dev = [
        { name = "archive" },
    ]

    [package.metadata]
    requires-dist = [
        { name = "numpy" },
        { name = "psycopg", extras = ["binary"], specifier = ">=3" },
        { name = "tool", marker = "extra == 'web'", git = "https://host/tool?rev=v1" },
    ]
    provides-extras = ["web", "empty"]

    [[package]]
    name = "archive"
    version = "3"
    source = { url = "https://host/archive-3.zip" }
    sdist = { hash = "sha256:a3" }

    [[package]]
    name = "colorama"
    version = "0.4.6"
    source = { registry = "https://pypi.org/simple" }

    [[package]]
    name = "lib"
    version = "1.0"
    source = { editable = "lib" }
    dependencies = [
        { name = "psycopg" },
    ]

    [[package]]
    name = "numpy"
    version = "1.26.4"
    source = { registry = "https://pypi.org/simple" }
    resolution-markers = ["python_full_version < '3.12'"]
    wheels = [{ url = "https://host/numpy-1.26.4-cp311.whl", hash = "sha256:b1" }]

    [[package]]
    name = "numpy"
    version = "2.2.6"
    source = { registry = "https://pypi.org/simple" }
    resolution-markers = ["python_full_version >= '3.12'"]
    sdist = { url = "https://host/numpy-2.2.6.tar.gz", hash = "sha256:c0" }
    wheels = [
        { url = "https://host/numpy-2.2.6-cp312.whl", hash = "sha256:c2" },
        { url = "https://host/numpy-2.2.6-cp313.whl", hash = "sha256:c1" },
    ]

    [[package]]
    name = "psycopg"
    version = "3.3.9"
    source = { registry = "https://ours/simple" }
    dependencies = [
        { name = "typing-extensions", marker = "python_full_version < '3.13'" },
    ]
    wheels = [{ url = "https://ours/psycopg.whl", hash = "sha256:d1" }]

    [package.optional-dependencies]
    binary = [
        { name = "psycopg-binary", marker = "implementation_name != 'pypy'" },
    ]

    [[package]]
    name = "psycopg-binary"
    version = "3.3.9"
    source = { registry = "wheels" }
    wheels = [{ path = "psycopg_binary.whl", hash = "sha256:e1" }]

    [[package]]
    name = "tool"
    version = "1.0"
    source = { git = "https://host/tool?subdirectory=py&rev=v1#0123abc" }

    [[package]]
    name = "typing-extensions"
    version = "4.16.0"
    source = { registry = "https://pypi.org/simple" }
    wheels = [{ url = "https://host/te.whl", hash = "sha256:f1" }]
    """.replace('PYPI', 'https://pypi.org/simple')


class test_Uv_Lock:
    @pytest.fixture
    def root(self, project):
        lib = '[project]\nname = "lib"\nversion = "1.0"\ndependencies = ["psycopg"]'
        return project(
            {
                'uv.lock': LOCK,
                'pyproject.toml': '[project]\nname = "app"',
                'lib/pyproject.toml': lib,
                'lib/src/lib/__init__.py': '',
            }
        )

    def test_the_project_with_hashes_for_the_platform(self, root):
        found = Requirements.read(root / 'uv.lock', platform=X86_312)
        assert found.requirements == (
            'numpy==2.2.6 --hash=sha256:c0 --hash=sha256:c1 --hash=sha256:c2',
            'psycopg==3.3.9 --hash=sha256:d1',
            'psycopg-binary==3.3.9 --hash=sha256:e1',
            'typing-extensions==4.16.0 --hash=sha256:f1',
        )
        assert found.no_deps
        assert found.pinned == {'psycopg'}
        assert found.index_options == ('--extra-index-url https://ours/simple', f'--find-links {root / "wheels"}')
        assert found.origin == str(root / 'uv.lock')

    def test_another_python_has_its_own_versions(self, root):
        found = Requirements.read(root / 'uv.lock', platform=ARM_311)
        assert 'numpy==1.26.4 --hash=sha256:b1' in found.requirements
        assert 'numpy==1.26.4 --hash=sha256:b1' in (
            Uv_Lock(root / 'uv.lock').closure([Requirement_Line('numpy')], ARM_311).requirements
        )

    def test_from_wanted_names_along_their_dependencies(self, root):
        lock = Uv_Lock(root / 'uv.lock')
        names = [Requirement_Line('psycopg')]
        without = lock.closure(names, X86_312).requirements
        assert [line.partition('=')[0] for line in without] == ['psycopg', 'typing-extensions']
        with_extra = lock.closure([Requirement_Line('psycopg', ('binary',))], X86_312).requirements
        assert [line.partition('=')[0] for line in with_extra] == ['psycopg', 'psycopg-binary', 'typing-extensions']
        assert len(lock.closure(names, Lambda_Platform('python3.13')).requirements) == 1

    def test_extras_and_groups(self, root):
        found = Requirements.read(root / 'uv.lock', extras=['web'], platform=X86_312)
        assert 'tool @ git+https://host/tool@0123abc#subdirectory=py' in found.requirements
        assert [(one.name, [path for path, _ in one.files]) for one in found.local] == [('lib', ['lib/__init__.py'])]
        assert found.pinned == {'psycopg', 'tool'}
        group = Requirements.read(root / 'uv.lock', groups=['dev'], platform=X86_312)
        assert group.requirements == ('archive @ https://host/archive-3.zip --hash=sha256:a3',)
        assert len(Requirements.read(root / 'uv.lock', extras=['empty'], platform=X86_312).requirements) == 4
        with pytest.raises(Requirement__Invalid, match="project app has no extra 'nope': it has empty, web"):
            Requirements.read(root / 'uv.lock', extras=['nope'])
        with pytest.raises(Requirement__Invalid, match="project app has no dependency group 'nope': it has dev"):
            Requirements.read(root / 'uv.lock', groups=['nope'])

    def test_extras_that_exclude_each_other(self, project):
        text = """
            version = 1
            conflicts = [[{ package = "app", extra = "cpu" }, { package = "app", extra = "gpu" }]]
            [[package]]
            name = "app"
            source = { virtual = "." }
            [package.optional-dependencies]
            cpu = [{ name = "torch", version = "1", marker = "extra == 'extra-3-app-cpu'" }]
            gpu = [{ name = "torch", version = "2", marker = "extra == 'extra-3-app-gpu' and extra != 'x'" }]
            [package.metadata]
            provides-extras = ["cpu", "gpu"]
            [[package]]
            name = "torch"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            [[package]]
            name = "torch"
            version = "2"
            source = { registry = "https://pypi.org/simple" }
            """
        lock = project({'uv.lock': text}) / 'uv.lock'
        assert Requirements.read(lock, extras=['cpu']).requirements == ('torch==1',)
        assert Requirements.read(lock, extras=['gpu']).requirements == ('torch==2',)

    def test_the_members_of_a_workspace(self, project):
        text = """
            version = 1
            [manifest]
            members = ["a", "b"]
            [[package]]
            name = "a"
            source = { editable = "packages/a" }
            dependencies = [{ name = "b" }, { name = "six" }]
            [[package]]
            name = "b"
            source = { editable = "packages/b" }
            dependencies = [{ name = "idna" }]
            [[package]]
            name = "idna"
            version = "3"
            source = { registry = "https://ours/simple" }
            [[package]]
            name = "six"
            version = "1"
            source = { registry = "https://ours/simple" }
            """
        b = {'packages/b/pyproject.toml': '[project]\nname = "b"\nversion = "1"', 'packages/b/b.py': ''}
        root = project({'uv.lock': text, **b})
        of_a = Uv_Lock(root / 'uv.lock', root / 'packages/a').requirements(X86_312)
        assert of_a.requirements == ('idna==3', 'six==1')
        assert [one.name for one in of_a.local] == ['b']
        assert of_a.index_options == ('--index-url https://ours/simple',)
        of_b = Uv_Lock(root / 'uv.lock', root / 'packages/b').requirements(X86_312)
        assert (of_b.requirements, of_b.local) == (('idna==3',), ())
        with pytest.raises(Requirement__Invalid, match=r'it locks no project in .*/packages/c'):
            Uv_Lock(root / 'uv.lock', root / 'packages/c').requirements(X86_312)

    @pytest.mark.parametrize(
        ('change', 'message'),
        [
            (('version = 1\n', 'version = 2\n'), 'it is of version 2, and version 1 is known'),
            (('requires-python = ">=3.11"', 'requires-python = ">=3.13"'), r'it requires Python >=3\.13'),
            (('{ name = "archive" }', '{ name = "gone" }'), 'it has no package gone: lock again'),
            (('name = "tool"\n', '<<<<<<< HEAD\nname = "tool"\n'), r'uv\.lock:\d+: a merge was not finished'),
            (('version = "3"\n', 'version = \n'), r'uv\.lock:38: this is not TOML'),
        ],
        ids=['format', 'python', 'gone', 'merge', 'toml'],
    )
    def test_refuses(self, root, change, message):
        text = (root / 'uv.lock').read_text()
        assert change[0] in text
        (root / 'uv.lock').write_text(text.replace(*change))
        with pytest.raises(Requirement__Invalid, match=message):
            Requirements.read(root / 'uv.lock', groups=['dev'], platform=X86_312)
