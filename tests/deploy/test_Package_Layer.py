import pytest

from osbot_lambda.deploy.Package_Layer import Package_Layer


def name(*packages, runtime='python3.12', architecture='x86_64'):
    return Package_Layer.of(list(packages), runtime, architecture).name


class test_Package_Layer:
    def test_is_named_after_its_packages(self):
        layer = Package_Layer.of(['requests>=2.32', 'pydantic[email]; python_version > "3"'], 'python3.12', 'x86_64')
        assert layer.name.startswith('layer_for__pydantic-requests__')
        assert layer.packages == ('pydantic[email]; python_version > "3"', 'requests>=2.32')

    def test_order_spaces_and_repeats_do_not_matter(self):
        assert name('a', 'b >= 1') == name('b  >= 1 ', 'a', 'a')

    @pytest.mark.parametrize(
        'other',
        [
            name('a', 'b==2'),
            name('a'),
            name('a', 'b', runtime='python3.11'),
            name('a', 'b', architecture='arm64'),
            name('a', 'b[extra]'),
        ],
        ids=['version', 'fewer', 'runtime', 'architecture', 'extra'],
    )
    def test_anything_else_is_another_layer(self, other):
        assert other != name('a', 'b')

    def test_a_long_list_still_fits(self):
        assert len(name(*(f'a-package-{number}' for number in range(50)))) <= 140
