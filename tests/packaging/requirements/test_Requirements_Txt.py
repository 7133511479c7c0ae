import pytest

from osbot_lambda.errors import File__Not_Found, Requirement__Invalid
from osbot_lambda.packaging.requirements.Requirements_Txt import Requirements_Txt

HEX = 'ab' * 32


class test_Requirements_Txt:
    @pytest.fixture
    def read(self, project):
        def write_and_read(text, **others):
            root = project({'requirements.txt': text, **{name.replace('__', '.'): one for name, one in others.items()}})
            return Requirements_Txt(root / 'requirements.txt').requirements()

        return write_and_read

    def test_extras_markers_and_comments(self, read):
        found = read("""
            # the first
            Requests[socks, security] >= 2 , <3   # why
            psycopg[binary]; sys_platform == 'linux'

            ruamel.yaml
            """)
        assert found.requirements == (
            'requests[security,socks]<3,>=2',
            'psycopg[binary] ; sys_platform == "linux"',
            'ruamel-yaml',
        )
        assert found.pinned == frozenset()
        assert not found.no_deps

    def test_hashes_over_continued_lines(self, read):
        found = read(f"""
            six==1.17.0 \\
                --hash=sha256:{HEX} \\
                # a comment in between
                --hash sha256:{'00' * 32}
            idna==3.20
            """)
        assert found.requirements == (f'six==1.17.0 --hash=sha256:{"00" * 32} --hash=sha256:{HEX}', 'idna==3.20')

    def test_a_sharp_inside_of_a_url_is_no_comment(self, read):
        found = read('mine @ git+https://host/mine@abc#subdirectory=lib\n')
        assert found.requirements == ('mine @ git+https://host/mine@abc#subdirectory=lib',)
        assert found.pinned == {'mine'}

    @pytest.mark.parametrize(
        ('line', 'expected'),
        [
            ('git+https://host/mine.git@v1#egg=Mine', 'mine @ git+https://host/mine.git@v1'),
            ('-e git+https://host/mine#egg=mine&subdirectory=a', 'mine @ git+https://host/mine#subdirectory=a'),
            ('https://host/Mine_Lib-1.0-py3-none-any.whl', 'mine-lib @ https://host/Mine_Lib-1.0-py3-none-any.whl'),
            ('https://host/mine-lib-1.0.tar.gz', 'mine-lib @ https://host/mine-lib-1.0.tar.gz'),
        ],
        ids=['git with egg', 'editable git', 'wheel', 'source distribution'],
    )
    def test_an_address_alone_tells_its_name(self, read, line, expected):
        assert read(line).requirements == (expected,)

    def test_included_files_are_relative_to_the_one_that_includes(self, project):
        root = project(
            {
                'requirements.txt': '-r more/base.txt\nsix\n',
                'more/base.txt': '-c ../constraints.txt\n--requirement=../more/again.txt\nidna\n',
                'more/again.txt': '-r base.txt\n-rlast.txt',
                'more/last.txt': 'certifi',
                'constraints.txt': 'urllib3<3\n-r limits.txt',
                'limits.txt': 'attrs==25',
            }
        )
        found = Requirements_Txt(root / 'requirements.txt').requirements()
        assert found.requirements == ('certifi', 'idna', 'six')
        assert found.constraints == ('urllib3<3', 'attrs==25')
        assert found.pinned == frozenset()

    def test_paths_are_relative_to_the_file(self, project):
        root = project(
            {
                'a/requirements.txt': """
                    ../wheels/mine-1.0-py3-none-any.whl
                    lib @ ../lib
                    ../lib[x] ; sys_platform == "linux"
                    """,
                'wheels/mine-1.0-py3-none-any.whl': '',
                'lib/pyproject.toml': '[project]\nname = "My.Lib"',
            }
        )
        assert Requirements_Txt(root / 'a/requirements.txt').requirements().requirements == (
            f'mine @ {(root / "wheels/mine-1.0-py3-none-any.whl").as_uri()}',
            f'lib @ {(root / "lib").as_uri()}',
            f'my-lib[x] @ {(root / "lib").as_uri()} ; sys_platform == "linux"',
        )

    def test_an_editable_folder_is_copied_and_what_it_needs_asked_for(self, project):
        root = project(
            {
                'requirements.txt': '-e ./lib[fast]\n-e ./lib\nmy-lib\n',
                'lib/pyproject.toml': """
                    [project]
                    name = "My.Lib"
                    version = "1.2"
                    dependencies = ["idna>=3"]
                    optional-dependencies = {fast = ["orjson"]}
                    """,
                'lib/src/my_lib/__init__.py': '',
                'lib/src/my_lib/data.json': '{}',
                'lib/tests/test_it.py': '',
            }
        )
        found = Requirements_Txt(root / 'requirements.txt').requirements()
        assert found.requirements == ('idna>=3', 'orjson')  # and no index is asked for my-lib
        (local,) = found.local
        assert (local.name, local.version) == ('my-lib', '1.2')
        assert [path for path, _ in local.files] == ['my_lib/__init__.py', 'my_lib/data.json']

    def test_an_editable_folder_that_only_a_build_knows_is_built(self, project):
        root = project(
            {
                'requirements.txt': '-e lib/',
                'lib/pyproject.toml': '[project]\nname = "lib"\ndynamic = ["dependencies"]',
                'lib/lib.py': '',
            }
        )
        found = Requirements_Txt(root / 'requirements.txt').requirements()
        assert found.requirements == (f'lib @ {(root / "lib").as_uri()}',)
        assert found.local == ()

    def test_indexes(self, read, tmp_path):
        found = read("""
            -i https://one/simple
            --extra-index-url=https://two/simple
            --find-links ./wheels
            --only-binary :all:
            six
            """)
        assert found.index_options == (
            '--index-url https://one/simple',
            '--extra-index-url https://two/simple',
            f'--find-links {tmp_path / "project/wheels"}',
        )

    def test_variables_of_the_environment(self, read, monkeypatch):
        monkeypatch.setenv('INDEX_TOKEN', 't0p')
        found = read('--index-url https://user:${INDEX_TOKEN}@host/simple\nsix # ${NOT_SET}')
        assert found.index_options == ('--index-url https://user:t0p@host/simple',)
        with pytest.raises(Requirement__Invalid, match=r'requirements\.txt:1: \$\{NOT_SET\} is not set'):
            read('--index-url https://${NOT_SET}@host/simple')

    @pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16'])
    def test_a_file_as_windows_writes_it(self, project, encoding):
        root = project({'requirements.txt': 'six==1.17.0\r\nidna\r\n'.encode(encoding)})
        assert Requirements_Txt(root / 'requirements.txt').requirements().requirements == ('six==1.17.0', 'idna')

    @pytest.mark.parametrize(
        ('text', 'message'),
        [
            ('six\nrequests >= two', r"txt:2: 'requests >= two' is not a requirement"),
            ('six\n\nrequests==2 --config-settings=a', r'txt:3: --config-settings=a of a single requirement'),
            ('--no-binary :all:', r'txt:1: --no-binary is not supported'),
            ('six --hash=sha256:nope', r'txt:1: --hash=sha256:nope is not of the form'),
            ('./nowhere', r'txt:1: /.*/nowhere does not exist'),
            ('-e ./nowhere', r'txt:1: /.*/nowhere does not exist'),
            ('git+https://host/mine', r"txt:1: .* does not tell its name: write 'name @ git\+https://host/mine'"),
            ('-r https://host/other.txt', r'txt:1: .* is not a file here: download it'),
            ('--index-url', r'txt:1: --index-url takes one value'),
            ('--index-url "https://', r'txt:1: No closing quotation'),
        ],
    )
    def test_refuses_with_file_and_line(self, read, text, message):
        with pytest.raises(Requirement__Invalid, match=message):
            read(text)

    def test_files_that_are_not_there(self, read, tmp_path):
        with pytest.raises(File__Not_Found, match=r'nowhere\.txt is not a file'):
            Requirements_Txt(tmp_path / 'nowhere.txt').requirements()
        with pytest.raises(File__Not_Found, match=r'requirements\.txt:2: .*/other\.txt is not a file'):
            read('six\n-r other.txt')
