import pytest

from osbot_lambda.errors import Setting__Invalid
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform


class test_Lambda_Platform:
    @pytest.mark.parametrize(
        ('runtime', 'newest'),
        [
            ('python3.9', 'manylinux_2_26_x86_64'),
            ('python3.11', 'manylinux_2_26_x86_64'),
            ('python3.12', 'manylinux_2_34_x86_64'),
            ('python3.14', 'manylinux_2_34_x86_64'),
        ],
    )
    def test_tags_begin_with_the_runtime_s_glibc(self, runtime, newest):
        assert Lambda_Platform(runtime).tags()[0] == newest

    def test_tags_go_down_to_the_oldest_and_have_the_old_names_too(self):
        tags = Lambda_Platform('python3.11').tags()
        for tag in ('manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64', 'linux_x86_64'):
            assert tag in tags
        assert not [tag for tag in tags if 'musl' in tag or '2_27' in tag or '2_28' in tag]

    def test_arm_is_named_as_wheels_name_it(self):
        platform = Lambda_Platform('python3.12', 'arm64')
        assert platform.tags()[0] == 'manylinux_2_34_aarch64'
        assert platform.tags()[-2:] == ['manylinux2014_aarch64', 'linux_aarch64']
        assert platform.markers()['platform_machine'] == 'aarch64'

    def test_markers_are_the_target_s(self):
        markers = Lambda_Platform('python3.9').markers()
        assert (markers['python_version'], markers['sys_platform']) == ('3.9', 'linux')
        assert markers['python_full_version'] == '3.9.20'  # not 3.9.0, which Lambda's has been long ago

    @pytest.mark.parametrize(('runtime', 'architecture'), [('nodejs22.x', 'x86_64'), ('python3.12', 'x86')])
    def test_what_lambda_does_not_have_is_refused(self, runtime, architecture):
        with pytest.raises(Setting__Invalid, match=runtime if architecture == 'x86_64' else architecture):
            Lambda_Platform(runtime, architecture)

    def test_here_is_a_platform(self):
        assert Lambda_Platform.here().pip_options()[:2] == ['--implementation', 'cp']

    def test_compatible_tags_are_whole_and_the_best_come_first(self):
        tags = Lambda_Platform('python3.12', 'arm64').compatible_tags()
        order = [
            'cp312-cp312-manylinux_2_34_aarch64',
            'cp312-cp312-manylinux2014_aarch64',
            'cp312-abi3-manylinux_2_17_aarch64',
            'cp38-abi3-manylinux_2_17_aarch64',
            'py3-none-manylinux_2_17_aarch64',
            'py312-none-any',
            'py3-none-any',
        ]
        assert [tag for tag in tags if tag in order] == order
        assert tags[0] == order[0]
        assert not {'cp313-abi3-manylinux_2_17_aarch64', 'cp312-cp312-manylinux_2_35_aarch64'} & {*tags}
