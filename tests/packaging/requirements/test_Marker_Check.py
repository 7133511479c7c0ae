import pytest

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Marker_Check import Marker_Check


class test_Marker_Check:
    @pytest.mark.parametrize(
        ('marker', 'holds'),
        [
            ('', True),
            ("sys_platform == 'linux'", True),
            ("sys_platform == 'win32'", False),
            ("platform_machine == 'aarch64'", True),
            ("python_version >= '3.10' and python_full_version < '3.13'", True),
            ("implementation_name == 'pypy'", False),
            ("extra == 'a'", True),
            ("extra == 'A' and extra == 'c-d'", True),
            ("extra == 'b'", False),
            ("'a' == extra", True),
            ("extra != 'a' or extra != 'b'", True),
            ("extra != 'a'", False),
            ("'a' in extras and 'g' in dependency_groups", True),
            ("'b' in extras", False),
        ],
    )
    def test_holds(self, marker, holds):
        check = Marker_Check(Lambda_Platform('python3.12', 'arm64'))
        assert check.holds(marker, extras=['a', 'C_D'], groups=['g']) is holds

    def test_what_is_no_marker(self):
        with pytest.raises(ValueError, match='sys_platfrom'):
            Marker_Check(Lambda_Platform('python3.12')).holds("sys_platfrom == 'linux'")
