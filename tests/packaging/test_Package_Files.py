import pytest

from osbot_lambda.packaging.Package_Files import Package_Files


@pytest.fixture
def files() -> Package_Files:
    return Package_Files(
        ['b.py', 'a/x.py', 'lib/y.py', 'lib/z.py'],
        {'b.py': 'the handler', 'a/x.py': 'imported at b.py:1', 'lib/y.py': 'of lib==1.0'},
        {'a/<.env': 'looks like a secret'},
        {'lib/y.py': 'lib==1.0', 'lib/z.py': 'lib==1.0'},
    )


class test_Package_Files:
    def test_is_the_sorted_list(self, files):
        assert files == ['a/x.py', 'b.py', 'lib/y.py', 'lib/z.py']
        assert repr(files) == "['a/x.py', 'b.py', 'lib/y.py', 'lib/z.py']"

    def test_why(self, files):
        assert (files.why('b.py'), files.why('lib/y.py')) == ('the handler', 'of lib==1.0')
        with pytest.raises(LookupError, match=r"'c\.py' is not in the package$"):
            files.why('c.py')
        with pytest.raises(LookupError, match='is not in the package: looks like a secret'):
            files.why('a/<.env')

    def test_the_table_has_own_files_and_distributions(self, files):
        assert str(files).splitlines() == [
            'a/x.py    imported at b.py:1',
            'b.py      the handler',
            'lib==1.0  2 files',
            '',
            'left out:',
            'a/<.env   looks like a secret',
        ]

    def test_of_nothing(self):
        assert str(Package_Files([], {}, {})) == ''

    def test_a_notebook_shows_it_escaped(self, files):
        html = files._repr_html_()
        assert '4 files' in html
        assert 'a/&lt;.env' in html
        assert '<.env' not in html
