import pytest

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.requirements.Pyproject_Toml import Pyproject_Toml

PROJECT = """
    [project]
    name = "My.App"
    requires-python = ">=3.11"
    dependencies = ["requests>=2", "psycopg[binary]; sys_platform == 'linux'"]

    [project.optional-dependencies]
    Fast_Json = ["orjson"]
    all = ["my-app[fast-json,all]", "rich"]

    [dependency-groups]
    dev = ["pytest", {include-group = "Lint"}]
    lint = ["ruff==0.14"]
    """


class test_Pyproject_Toml:
    @pytest.fixture
    def read(self, project):
        return lambda text, **others: Pyproject_Toml(project({'pyproject.toml': text, **others}) / 'pyproject.toml')

    @pytest.mark.parametrize(
        ('extras', 'groups', 'names'),
        [
            ([], [], ['requests', 'psycopg']),
            (['fast.json'], [], ['requests', 'psycopg', 'orjson']),
            (['all'], [], ['requests', 'psycopg', 'orjson', 'rich']),
            ([], ['dev'], ['pytest', 'ruff']),
            (['all'], ['lint'], ['requests', 'psycopg', 'ruff', 'orjson', 'rich']),
        ],
    )
    def test_extras_and_groups(self, read, extras, groups, names):
        found = read(PROJECT).requirements(extras, groups)
        assert [line.partition('[')[0].partition('=')[0].rstrip('>') for line in found.requirements] == names

    def test_lines_keep_extras_and_markers(self, read):
        found = read(PROJECT).requirements()
        assert found.requirements == ('requests>=2', 'psycopg[binary] ; sys_platform == "linux"')
        assert found.pinned == frozenset()

    def test_lines_has_all_that_is_declared(self, read):
        names = [line.name for line in read(PROJECT).lines()]
        assert names == ['requests', 'psycopg', 'orjson', 'rich', 'orjson', 'pytest', 'ruff', 'ruff']

    def test_dependencies_in_requirements_files_by_setuptools(self, read):
        text = """
            [project]
            name = "x"
            dynamic = ["dependencies"]
            [tool.setuptools.dynamic]
            dependencies = {file = ["requirements.txt"]}
            """
        assert read(text, **{'requirements.txt': 'six>=1'}).requirements().requirements == ('six>=1',)

    def test_uv_sources(self, read, tmp_path):
        found = read(
            """
            [project]
            name = "x"
            dependencies = ["lib[a]>=1", "wheel-of-ours", "tool", "internal==2", "archive", "plain"]
            [tool.uv.sources]
            Lib = { path = "../lib", editable = true }
            wheel_of_ours = { path = "w/wheel_of_ours-1.0-py3-none-any.whl" }
            tool = [{ git = "https://host/tool", tag = "v1", subdirectory = "py", marker = "sys_platform == 'linux'" }]
            internal = { index = "ours" }
            archive = { url = "https://host/archive-1.zip" }
            [[tool.uv.index]]
            name = "ours"
            url = "https://ours/simple"
            explicit = true
            [[tool.uv.index]]
            url = "https://mirror/simple"
            default = true
            """,
            **{
                '../lib/pyproject.toml': """
                    [project]
                    name = "lib"
                    version = "1"
                    dependencies = ["base"]
                    optional-dependencies = {a = ["six"]}
                    """,
                '../lib/lib/__init__.py': '',
            },
        ).requirements()
        assert found.requirements == (
            'base',
            'six',
            f'wheel-of-ours @ {(tmp_path / "project/w/wheel_of_ours-1.0-py3-none-any.whl").as_uri()}',
            "tool @ git+https://host/tool@v1#subdirectory=py ; (sys_platform == 'linux')",
            'internal==2',
            'archive @ https://host/archive-1.zip',
            'plain',
        )
        assert found.index_options == ('--extra-index-url https://ours/simple', '--index-url https://mirror/simple')
        assert [path for one in found.local for path, _ in one.files] == ['lib/__init__.py']

    def test_a_member_of_the_workspace(self, project):
        root = project(
            {
                'pyproject.toml': '[tool.uv.workspace]\nmembers = ["packages/*"]',
                'packages/a/pyproject.toml': """
                    [project]
                    name = "a"
                    dependencies = ["b", "c"]
                    [tool.uv.sources]
                    b = { workspace = true }
                    """,
                'packages/b/pyproject.toml': '[project]\nname = "b"\nversion = "2"\ndependencies = ["six"]',
                'packages/b/b.py': '',
            }
        )
        found = Pyproject_Toml(root / 'packages/a/pyproject.toml').requirements()
        assert found.requirements == ('six', 'c')
        assert [one.name for one in found.local] == ['b']

    @pytest.mark.parametrize(
        ('text', 'message'),
        [
            (
                '[project]\nname = "x"\ndependencies = ["ok",\n "two words"]',
                r"toml:4: 'two words' is not a requirement",
            ),
            ('[project]\ndependencies = "six"', r'toml:2: dependencies is not a list'),
            ('[project\n', r'pyproject\.toml:1: this is not TOML'),
            ('[tool.poetry.dependencies]\nsix = "*"', r'it has no \[project\] table'),
            ('[project]\nname = "x"\ndynamic = ["dependencies"]', r'its dependencies are dynamic'),
            (
                '[project]\ndependencies = ["b"]\n[tool.uv.sources]\nb = {workspace = true}',
                'no member of the workspace',
            ),
            ('project = 1', r'toml:1: project is not a table'),
        ],
    )
    def test_refuses(self, read, text, message):
        with pytest.raises(Requirement__Invalid, match=message):
            read(text).requirements()

    def test_refuses_names_that_it_has_not(self, read):
        with pytest.raises(Requirement__Invalid, match="no extra 'fast'; did you mean 'fast-json'"):
            read(PROJECT).requirements(['fast'])
        with pytest.raises(Requirement__Invalid, match="no dependency group 'devs'; did you mean 'dev'"):
            read(PROJECT).requirements(groups=['devs'])
        with pytest.raises(Requirement__Invalid, match=r'include each other: a, b'):
            read('[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}]').requirements(
                groups=['a']
            )
        with pytest.raises(Requirement__Invalid, match='neither text nor include-group'):
            read('[dependency-groups]\na = [{other = "b"}]').requirements(groups=['a'])
