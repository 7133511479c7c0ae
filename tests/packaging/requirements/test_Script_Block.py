import pytest

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.requirements.Script_Block import Script_Block


class test_Script_Block:
    @pytest.fixture
    def read(self, project):
        return lambda text: Script_Block.read(project({'s.py': text}) / 's.py')

    def test_its_list(self, read):
        block = read("""
            #!/usr/bin/env -S uv run
            # /// script
            # requires-python = ">=3.11"
            # dependencies = [
            #   "requests[socks]>=2",
            #
            #   "rich; python_version < '3.13'",  # pretty
            # ]
            # ///
            import requests
            """)
        assert block.requirements('3.12').requirements == ('requests[socks]>=2', 'rich ; python_version < "3.13"')
        assert (block.requires_python, block.line) == ('>=3.11', 2)

    def test_uv_sources_of_a_script(self, project):
        root = project(
            {
                's.py': """
                    # /// script
                    # dependencies = ["lib", "tool"]
                    # [tool.uv.sources]
                    # lib = { path = "lib" }
                    # tool = { git = "https://host/tool", rev = "abc" }
                    # ///
                    """,
                'lib/pyproject.toml': '[project]\nname = "lib"\nversion = "1"\ndependencies = ["six"]',
                'lib/lib.py': '',
            }
        )
        found = Script_Block.read(root / 's.py').requirements()
        assert found.requirements == ('six', 'tool @ git+https://host/tool@abc')
        assert [path for path, _ in found.local[0].files] == ['lib.py']

    @pytest.mark.parametrize(
        'text',
        ['import os\n', '# /// script\n# dependencies = []\n', '# /// other\n# a = 1\n# ///\n'],
        ids=['none', 'not closed', 'of another type'],
    )
    def test_no_block(self, read, text):
        assert read(text) is None

    def test_refuses(self, read):
        with pytest.raises(Requirement__Invalid, match=r's\.py:3: this is not TOML'):
            read('import os\n# /// script\n# dependencies = nothing\n# ///\n')
        with pytest.raises(Requirement__Invalid, match='more than one script block'):
            read('# /// script\n# a = 1\n# ///\n\n# /// script\n# a = 1\n# ///\n')
        with pytest.raises(Requirement__Invalid, match=r'requires-python .* is not a specifier'):
            read('# /// script\n# requires-python = "3"\n# ///\n').requirements('3.12')
        with pytest.raises(Requirement__Invalid, match='dependencies is not a list of texts'):
            read('# /// script\n# dependencies = [1]\n# ///\n').requirements('3.12')

    @pytest.mark.parametrize('wanted', ['>=3.12.4', '~=3.12.0', '==3.12.*', '<4', '!=3.12.0'])
    def test_any_release_of_the_runtime_will_do(self, read, wanted):
        assert read(f'# /// script\n# requires-python = "{wanted}"\n# ///\n').requirements('3.12').requirements == ()
