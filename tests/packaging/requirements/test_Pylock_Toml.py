import pytest

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Pylock_Toml import Pylock_Toml
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirements import Requirements

X86_312 = Lambda_Platform('python3.12')
LOCK = """
    lock-version = "1.0"
    created-by = "a tool"
    requires-python = ">=3.11"
    extras = ["web"]
    dependency-groups = ["dev", "main"]
    default-groups = ["main"]

    [[packages]]
    name = "app"
    directory = { path = ".", editable = true }

    [[packages]]
    name = "archive"
    archive = { url = "https://host/archive-3.zip", hashes = { sha512 = "a5", sha256 = "a3" } }

    [[packages]]
    name = "colorama"
    version = "0.4.6"
    marker = "sys_platform == 'win32'"
    index = "https://pypi.org/simple"
    wheels = [{ url = "https://host/c.whl", hashes = { sha256 = "c1" } }]

    [[packages]]
    name = "flask"
    version = "3"
    marker = "'web' in extras"
    index = "https://ours/simple"
    sdist = { url = "https://ours/f.tar.gz", hashes = { sha256 = "f2" } }
    wheels = [{ url = "https://ours/f.whl", hashes = { sha256 = "f1" } }]

    [[packages]]
    name = "lib"
    directory = { path = "lib" }

    [[packages]]
    name = "pytest"
    version = "9"
    marker = "'dev' in dependency_groups"
    index = "https://pypi.org/simple/"
    wheels = [{ url = "https://host/p.whl", hashes = { sha256 = "b1" } }]

    [[packages]]
    name = "six"
    version = "1.17.0"
    marker = "'main' in dependency_groups and python_full_version < '3.13'"
    wheels = [{ path = "wheels/six-1.17.0-py2.py3-none-any.whl", hashes = { sha256 = "d1" } }]

    [[packages]]
    name = "tool"
    vcs = { type = "git", url = "https://host/tool", commit-id = "0123", subdirectory = "py" }
    """


class test_Pylock_Toml:
    @pytest.fixture
    def root(self, project):
        return project({'pylock.toml': LOCK, 'pyproject.toml': '[project]\nname = "app"\ndependencies = ["six==1.17"]'})

    def test_what_applies_with_hashes(self, root):
        found = Requirements.read(root / 'pylock.toml', platform=X86_312)
        assert found.requirements == (
            'archive @ https://host/archive-3.zip --hash=sha256:a3',
            f'lib @ {(root / "lib").as_uri()}',
            'six==1.17.0 --hash=sha256:d1',
            'tool @ git+https://host/tool@0123#subdirectory=py',
        )
        assert found.no_deps
        assert found.pinned == {'six'}
        assert found.index_options == (f'--find-links {root / "wheels"}',)

    def test_extras_and_groups(self, root):
        found = Requirements.read(root / 'pylock.toml', extras=['web'], groups=['dev'], platform=X86_312)
        assert [line for line in found.requirements if line[0] in 'fps'] == [
            'flask==3 --hash=sha256:f1 --hash=sha256:f2',
            'pytest==9 --hash=sha256:b1',
        ]
        assert found.index_options == ('--extra-index-url https://ours/simple',)
        with pytest.raises(Requirement__Invalid, match='it was locked without extra nope'):
            Requirements.read(root / 'pylock.toml', extras=['nope'], platform=X86_312)

    def test_from_wanted_names_by_the_dependencies_in_it(self, project):
        text = (
            'lock-version = "1.0"\npackages = [{name = "a", version = "1", dependencies = [{name = "b"}], sdist = {}},'
        )
        text += ' {name = "b", version = "2", sdist = {}}, {name = "c", version = "3", sdist = {}}]'
        lock = Pylock_Toml(project({'pylock.toml': text}) / 'pylock.toml')
        found = lock.closure([Requirement_Line('a')], X86_312, lambda *_: pytest.fail('the lock says it'))
        assert found.requirements == ('a==1', 'b==2')

    def test_from_wanted_names_by_what_else_knows_the_dependencies(self, root):
        needs = {('tool', ('x',)): [('six', ())], ('six', ()): [('not-locked', ())]}
        lock = Pylock_Toml(root / 'pylock.toml')
        found = lock.closure([Requirement_Line('tool', ('x',))], X86_312, lambda name, extras: needs[name, extras])
        assert [line.partition('=')[0].partition(' ')[0] for line in found.requirements] == ['six', 'tool']

    def test_all_of_it_when_nobody_knows_the_dependencies(self, root):
        lock = Pylock_Toml(root / 'pylock.toml')
        found = lock.closure([Requirement_Line('tool')], X86_312, lambda *_: None)
        assert [line.partition('=')[0].partition(' ')[0] for line in found.requirements] == [
            *('archive', 'flask', 'lib', 'pytest', 'six', 'tool'),
        ]

    @pytest.mark.parametrize(
        ('head', 'message'),
        [
            ('lock-version = "2.0"', r'its lock-version is 2\.0, and 1\.0 is known'),
            ('', 'its lock-version is not there'),
            ('lock-version = "1.0"\nrequires-python = ">=3.14"', r'it requires Python >=3\.14'),
            ('lock-version = "1.0"\nenvironments = ["sys_platform == \'win32\'"]', r"for sys_platform == 'win32', not"),
            ('lock-version = "1.0"\n[[packages]]\nname = "x"', 'package x has no version, or no files'),
        ],
    )
    def test_refuses(self, project, head, message):
        with pytest.raises(Requirement__Invalid, match=message):
            Requirements.read(project({'pylock.toml': head}) / 'pylock.toml', platform=X86_312)
