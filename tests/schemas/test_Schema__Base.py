from typing import Optional

import pytest

from osbot_lambda.schemas.Schema__Base import Schema__Base


class Sample(Schema__Base):
    name: str
    size: int = 5
    role: Optional[str] = None
    layers: list[str]
    LIMIT = 10

    @property
    def length(self) -> int:
        return self.size

    @length.setter
    def length(self, value: int) -> None:
        self.size = value

    @property
    def fixed(self) -> int:
        return 1

    @staticmethod
    def helper() -> int:
        return 2

    def verb(self) -> int:
        return 3


class test_Schema__Base:
    def test_takes_what_it_has(self):
        sample = Sample(name='a', size=6, role='r', layers=['x'])
        assert sample.json() == {'name': 'a', 'size': 6, 'role': 'r', 'layers': ['x'], 'LIMIT': 10}

    def test_a_property_with_a_setter_can_be_given_and_assigned(self):
        sample = Sample(length=7)
        assert sample.size == 7
        sample.length = 8
        assert sample.size == 8

    def test_helpers_and_methods_are_no_attributes_of_the_object(self):
        assert set(vars(Sample())) == {'name', 'size', 'role', 'layers', 'LIMIT'}

    def test_each_object_has_its_own_list(self):
        one, two = Sample(), Sample()
        one.layers.append('x')
        assert two.layers == []

    @pytest.mark.parametrize(
        ('wrong', 'right'), [('nmae', 'name'), ('rolle', 'role'), ('lenght', 'length')], ids=lambda name: name
    )
    def test_an_unknown_attribute_is_refused_with_the_nearest_one(self, wrong, right):
        with pytest.raises(AttributeError, match=f"no attribute '{wrong}'; did you mean '{right}'"):
            Sample(**{wrong: 'x'})
        with pytest.raises(AttributeError, match=f"no attribute '{wrong}'; did you mean '{right}'"):
            setattr(Sample(), wrong, 'x')

    def test_an_attribute_far_from_all_is_refused_with_the_list(self):
        with pytest.raises(AttributeError, match='it has LIMIT, layers, length, name, role, size'):
            Sample(zzzzzz=1)

    @pytest.mark.parametrize('name', ['fixed', 'verb', 'helper'])
    def test_what_is_not_for_setting_is_refused(self, name):
        with pytest.raises(AttributeError, match=f'Sample.{name} is not for setting'):
            setattr(Sample(), name, 1)

    def test_none_is_refused_where_the_annotation_is_not_optional(self):
        with pytest.raises(ValueError, match=r'Sample.name may not be None'):
            Sample(name=None)
        with pytest.raises(ValueError, match=r'Sample.size may not be None'):
            Sample().size = None
        with pytest.raises(ValueError, match=r'Sample.layers may not be None'):
            Sample().layers = None

    def test_none_serves_where_it_is_optional(self):
        sample = Sample(role='r')
        sample.role = None
        assert sample.role is None
        assert Sample(role=None).role is None

    def test_a_default_of_none_must_be_declared_optional(self):
        class Careless(Schema__Base):
            name: str = None

        with pytest.raises(ValueError, match=r'Careless.name may not be None'):
            Careless()

    @pytest.mark.parametrize(
        ('name', 'value', 'text'),
        [
            ('size', '6', 'Sample.size takes int, and this is str'),
            ('size', True, 'Sample.size takes int, and this is bool'),
            ('role', b'r', 'Sample.role takes str or None, and this is bytes'),
            ('layers', 'x', 'Sample.layers takes list[str], and this is str'),
            ('layers', ['x', 1], 'Sample.layers takes list[str], and this is list[int or str]'),
        ],
        ids=str,
    )
    def test_another_type_is_refused_with_class_and_attribute(self, name, value, text):
        with pytest.raises(ValueError, match='takes') as made:
            Sample(**{name: value})
        with pytest.raises(ValueError, match='takes') as assigned:
            setattr(Sample(), name, value)
        assert str(made.value) == str(assigned.value) == text

    def test_the_error_does_not_show_the_value(self):
        with pytest.raises(ValueError, match='name takes str') as raised:
            Sample(name=['hush'])
        assert 'hush' not in str(raised.value)

    def test_tab_completion_offers_what_the_class_is_for(self):
        names = [name for name in dir(Sample()) if not name.startswith('_')]
        assert names == ['LIMIT', 'fixed', 'helper', 'json', 'layers', 'length', 'name', 'role', 'size', 'verb']

    def test_what_a_class_has_of_its_own_is_offered_under_any_name(self):
        class Own(Schema__Base):
            def reset(self) -> None:
                pass

        class Inherits(Own):
            pass

        assert 'reset' in dir(Own())
        assert 'reset' in dir(Inherits())

    def test_a_subclass_has_the_attributes_of_all_its_bases(self):
        class Other(Schema__Base):
            colour: str = 'red'

        class Both(Sample, Other):
            pass

        assert Both(colour='blue', size=1).json()['colour'] == 'blue'

    @pytest.mark.parametrize('hint', [int | None, 'int'], ids=['bar', 'text'])
    def test_an_annotation_that_type_safe_misreads_is_refused_with_the_class(self, hint):
        with pytest.raises(TypeError, match=r'Wrong.size: Type_Safe misreads'):
            type('Wrong', (Schema__Base,), {'__annotations__': {'size': hint}})
