import ast

import pytest

from osbot_lambda.packaging.Import_Condition import Import_Condition


def truth(text, version=(3, 12)):
    return Import_Condition(version).truth(ast.parse(text, mode='eval').body)


class test_Import_Condition:
    @pytest.mark.parametrize(
        'text',
        [
            'sys.version_info >= (3, 12)',
            '(3, 9) <= sys.version_info',
            'sys.version_info > (3, 12)',
            'sys.version_info < (3, 13)',
            'sys.version_info[0] == 3',
            'sys.version_info[1] > 11',
            'sys.version_info[:2] == (3, 12)',
            'sys.version_info.major >= 3',
            "sys.platform == 'linux'",
            "sys.platform.startswith('lin')",
            "sys.platform in ('linux', 'darwin')",
            "sys.platform not in {'win32'}",
            "os.name != 'nt'",
            'not TYPE_CHECKING',
            'six.PY3',
            'True',
            '1',
            "unknown() or os.name == 'posix'",
            "sys.platform == 'linux' and not typing.TYPE_CHECKING",
        ],
    )
    def test_holds_on_lambda(self, text):
        assert truth(text) is True

    @pytest.mark.parametrize(
        'text',
        [
            'sys.version_info < (3, 12)',
            'sys.version_info[0] < 3',
            "sys.platform == 'win32'",
            'TYPE_CHECKING',
            "__name__ == '__main__'",
            "'__main__' == __name__",
            'False',
            '0',
            "unknown() and os.name == 'nt'",
        ],
    )
    def test_does_not_hold_on_lambda(self, text):
        assert truth(text) is False

    @pytest.mark.parametrize(
        'text',
        [
            'unknown',
            'os.environ.get("A")',
            'a < b < c',
            'sys.version_info[2] > 3',
            "sys.version_info > '3'",
            '__name__ != "__main__"',
            "unknown or os.name == 'nt'",
            'not unknown',
            'x.startswith("a")',
            "__name__ == 'other'",
        ],
    )
    def test_only_a_run_can_tell(self, text):
        assert truth(text) is None
