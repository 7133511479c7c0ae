import decimal
import functools
import json
import sqlite3
import threading

import pytest

from osbot_lambda.errors import Handler__Invalid, Source__Not_Portable
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Lambda_Package import Lambda_Package

RATE = 2
lock = threading.Lock()


def helper(value):
    return value * RATE


def run(event, context):
    return 'of the top level'


def doubled(function):
    @functools.wraps(function)
    def wrapper(event, context):
        return function(event, context) * 2

    return wrapper


class Orders:
    @staticmethod
    def handler(event, context):
        """Text
        of two lines."""
        return helper(event['n'])

    def total(event, context):
        # a comment
        return json.dumps(event)

    def method(self, event, context):
        return event


def package_of(handler):
    return Lambda_Package().add_handler(Handler_Source(handler))


def text_of(handler):
    return Handler_Source(handler).code().data.decode()


class test_Nested_Source:
    def test_a_static_function_of_a_class(self, call_alone):
        package = package_of(Orders.handler)
        assert package.handler_code.handler == 'test_Nested_Source.handler'
        assert call_alone(package, "{'n': 21}") == '42'
        text = package.entries['test_Nested_Source.py'].data.decode()
        assert '@staticmethod' not in text
        assert '    """Text\n        of two lines."""' in text
        assert 'pytest' not in text

    def test_a_function_of_a_class_that_has_no_self(self, call_alone):
        assert call_alone(package_of(Orders.total), "{'n': 1}") == '{"n": 1}'
        assert '    # a comment\n' in text_of(Orders.total)

    def test_a_function_inside_a_test_with_what_it_takes_from_around_it(self, call_alone):
        factor, names, exact = 3, ['a', ('b', None)], decimal.Decimal

        class Line:
            def price(self):
                return factor * 10

        def count(number):
            return number and 1 + count(number - 1)

        def inner(event, context):
            return [helper(factor), names, str(exact('1.5')), Line().price(), count(4)]

        assert call_alone(package_of(inner)) == "[6, ['a', ('b', None)], '1.5', 30, 4]"

    def test_decorators_of_the_module_stay(self, call_alone):
        @doubled
        def inner(event, context):
            return 21

        assert call_alone(package_of(inner)) == '42'

    def test_it_is_named_after_what_it_is_in(self):
        def inner(event, context): ...

        name = 'tests_packaging_test_Nested_Source__test_Nested_Source_test_it_is_named_after_what_it_is_in__inner'
        assert Handler_Source(inner).lambda_name() == name
        assert Handler_Source(Orders.handler).lambda_name() == 'tests_packaging_test_Nested_Source__Orders'

    def test_several_of_one_name_are_told_apart(self, call_alone):
        made = []
        if made:

            def inner(event, context):
                return 1

        else:

            def inner(event, context):
                return 2

        assert call_alone(package_of(inner)) == '2'

    def test_a_live_object_is_refused_by_name(self):
        with sqlite3.connect(':memory:') as connection:

            def inner(event, context):
                return connection.execute('select 1').fetchone()

            with pytest.raises(Source__Not_Portable, match=r"inner uses 'connection', a sqlite3.Connection"):
                Handler_Source(inner)
        connection.close()

    def test_a_lambda_it_takes_is_refused_by_name(self):
        twice = lambda value: value * 2  # noqa: E731

        def inner(event, context):
            return twice(1)

        with pytest.raises(Source__Not_Portable, match='twice'):
            Handler_Source(inner)

    def test_the_test_itself_is_refused_by_name(self):
        def inner(event, context):
            return self.value

        with pytest.raises(Source__Not_Portable, match="uses 'self'"):
            Handler_Source(inner)

    def test_a_default_that_only_the_function_around_it_knows_is_refused(self):
        local = 3

        def inner(event, context, factor=local):
            return factor

        with pytest.raises(Source__Not_Portable, match="needs 'local'"):
            Handler_Source(inner)

    def test_a_name_that_the_module_has_too_is_refused(self):
        RATE = 5

        def inner(event, context):
            return helper(RATE)

        with pytest.raises(Source__Not_Portable, match="a 'RATE' of its own"):
            Handler_Source(inner)

        def run(event, context):
            return 'of the test'

        with pytest.raises(Source__Not_Portable, match="a 'run' of its own"):
            Handler_Source(run)

    def test_a_method_is_refused(self):
        with pytest.raises(Handler__Invalid, match='inside a class'):
            Handler_Source(Orders.method)

    def test_the_file_is_read_at_each_look(self, project, monkeypatch):
        text = 'class A:\n    @staticmethod\n    def handler(e, c): return 1\n'
        root = project({'edited_b.py': text})
        monkeypatch.syspath_prepend(str(root))
        import edited_b

        source = Handler_Source(edited_b.A.handler)
        (root / 'edited_b.py').write_text('# moved\n\n' + text.replace('1', '2'))
        assert 'return 2' in source.code().data.decode()
