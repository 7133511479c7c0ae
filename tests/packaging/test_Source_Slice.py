import ast
import importlib.util
import textwrap
from pathlib import Path

import pytest

from osbot_lambda.errors import Handler__Not_Found, Source__Not_Portable
from osbot_lambda.packaging.Python_Source import Python_Source
from osbot_lambda.packaging.Source_Slice import Source_Slice

DEPLOY = 'from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda\n'


def slice_of(text, function='run'):
    return Source_Slice(Python_Source('app.py', textwrap.dedent(text).lstrip('\n')), function)


def lines_of(text, function='run'):
    """The slice without its first line, blank lines left out."""
    return [line for line in slice_of(text, function).text().split('\n')[1:] if line]


class test_Source_Slice:
    def test_a_script_is_cut_to_the_function_and_what_it_uses(self):
        text = slice_of(
            '''
            """A script."""
            import json
            import sys

            from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda

            LIMIT = 3        # items
            UNUSED = object()


            class Order:
                """Kept as it is."""

                limit = LIMIT

            # not inside anything
            def check(order):
                # a comment inside
                return order.limit


            def run(event, context):
                return json.dumps(check(Order()))


            def other():
                return run({}, None)


            deploy = Deploy_Lambda(handler=run)
            if __name__ == '__main__':
                deploy.deploy()
            '''
        ).text()
        assert text == textwrap.dedent(
            '''\
            # run and what it uses, from app.py

            import json
            LIMIT = 3        # items


            class Order:
                """Kept as it is."""

                limit = LIMIT


            def check(order):
                # a comment inside
                return order.limit


            def run(event, context):
                return json.dumps(check(Order()))
            '''
        )

    def test_what_a_local_variable_is_called_does_not_matter(self):
        text = DEPLOY + 'def run(e, c):\n    deploy = 1\n    return deploy\ndeploy = Deploy_Lambda(run)\n'
        assert lines_of(text) == ['def run(e, c):', '    deploy = 1', '    return deploy']

    def test_names_in_decorators_defaults_annotations_and_comprehensions_are_used(self):
        text = """
            A, B, C, D, E = 1, 2, 3, 4, 5
            def deco(f): return f
            class Event: pass
            def helper(x=E): return [y for y in range(x)]
            @deco
            def run(e: Event, c=A):
                return {k: helper() for k in range(B) if (lambda z: z + C)(k)}
            unused = 1
        """
        assert lines_of(text)[:4] == [
            'A, B, C, D, E = 1, 2, 3, 4, 5',
            'def deco(f): return f',
            'class Event: pass',
            'def helper(x=E): return [y for y in range(x)]',
        ]

    def test_only_the_names_of_an_import_that_are_used_stay(self):
        text = """
            import json, pytest
            from os import (
                path,
                sep,
            )
            import os.path, email.message as em
            def run(e, c): return json, sep, em
        """
        assert lines_of(text)[:-1] == ['import json', 'from os import sep', 'import email.message as em']

    def test_try_and_if_blocks_that_bind_a_used_name_stay_whole(self):
        text = """
            import os
            try:
                import orjson as json
            except ImportError:
                import json
            if os.name == 'posix':
                SEP = '/'
            else:
                SEP = '|'
            def run(e, c): return json.dumps(SEP)
        """
        assert lines_of(text) == textwrap.dedent(text).strip().split('\n')

    def test_every_statement_that_binds_a_name_stays(self):
        text = """
            TABLE = {}
            TABLE = dict(TABLE, a=1)
            COUNT = 0
            COUNT += 1
            for item in range(3):
                TABLE[item] = item
            with open('x') as f:
                DATA = f.read()
            def run(e, c): return TABLE, COUNT, DATA
        """
        assert lines_of(text) == textwrap.dedent(text).strip().split('\n')

    def test_statements_that_set_a_kept_name_up_stay(self):
        text = """
            import logging, os, sys
            logger = logging.getLogger(__name__)
            logger.setLevel(logging.INFO)
            logging.getLogger('botocore').setLevel('ERROR')
            TABLE = {}
            TABLE['a'] = os.environ
            os.environ['MODE'] = 'fast'
            for handler in logger.handlers:
                handler.setLevel(logging.INFO)
            if TABLE:
                logger.propagate = False
            def run(e, c): return logger, TABLE
        """
        kept = textwrap.dedent(text).strip().replace('import logging, os, sys', 'import logging, os').split('\n')
        assert lines_of(text) == kept

    @pytest.mark.parametrize(
        'statement',
        [
            'print(CONST)',
            'sys.exit(CONST)',
            'run({"k": CONST}, None)',
            'result = CONST + 1',
            'check(CONST, other)',
            'len("nothing of ours")',
            'assert CONST == 2',
            'if CONST:\n    result = run({}, None)',
            'if CONST:\n    raise SystemExit',
            "if __name__ == '__main__':\n    CONST.update()",
        ],
    )
    def test_a_statement_that_acts_is_left_out(self, statement):
        text = (
            f'import sys\nCONST = 2\ndef check(a, b): return sys\ndef run(e, c): return check(CONST, 1)\n{statement}\n'
        )
        assert lines_of(text) == text.split('\n')[:4]

    def test_after_the_first_statement_that_deploys_nothing_is_set_up_any_more(self):
        text = DEPLOY + textwrap.dedent(
            """
            import boto3
            sqs = boto3.client('sqs')
            sqs.meta.events.register('x', print)
            def run(e, c): return sqs
            deploy = Deploy_Lambda(run)
            deploy.deploy()
            sqs.send_message(QueueUrl='q', MessageBody='once')
            """
        )
        assert lines_of(text) == [
            'import boto3',
            "sqs = boto3.client('sqs')",
            "sqs.meta.events.register('x', print)",
            'def run(e, c): return sqs',
        ]

    def test_a_variable_made_by_deploying_is_refused_by_name(self):
        text = DEPLOY + 'deploy = Deploy_Lambda("x.run")\nname = deploy.lambda_name()\ndef run(e, c): return name\n'
        with pytest.raises(Source__Not_Portable, match=r"'name', which app\.py:3 makes while deploying"):
            slice_of(text).text()

    def test_a_function_that_needs_our_package_keeps_its_import(self):
        text = 'from osbot_lambda.aws.s3.S3 import S3\ns3 = S3()\ndef run(e, c): return s3\n'
        assert lines_of(text) == text.strip().split('\n')

    def test_a_name_bound_under_the_main_guard_is_refused(self):
        text = "def run(e, c): return config\nif __name__ == '__main__':\n    config = 1\n"
        with pytest.raises(Source__Not_Portable, match=r"'config'.*app\.py:2 binds only under"):
            slice_of(text).text()

    def test_a_name_bound_by_a_function_that_is_not_called_is_refused(self):
        text = 'def setup():\n    global db\n    db = 1\ndef run(e, c): return db\n'
        with pytest.raises(Source__Not_Portable, match=r"'db'.*only while setup\(\) runs"):
            slice_of(text).text()

    def test_a_name_bound_by_a_function_that_is_called_is_fine(self):
        text = 'def setup():\n    global db\n    db = 1\ndef run(e, c):\n    setup()\n    return db\n'
        assert lines_of(text) == text.strip().split('\n')

    def test_a_name_bound_by_a_function_that_the_module_calls_is_fine(self):
        text = 'def setup():\n    global db\n    db = 1\nsetup()\ndef run(e, c): return db\n'
        assert lines_of(text) == text.strip().split('\n')

    @pytest.mark.parametrize('where', ['top', 'inside'])
    def test_a_function_that_deploys_is_never_called_by_the_slice(self, where):
        inside = '    ' + DEPLOY if where == 'inside' else ''
        text = (DEPLOY if where == 'top' else '') + textwrap.dedent(
            """
            import boto3
            sqs = boto3.client('sqs')
            def main():
                global queue
            {inside}    queue = Deploy_Lambda(run).deploy()
            main()
            sqs.send_message(QueueUrl='q', MessageBody='once')
            def run(e, c): return {uses}
            """
        )
        expected = ['import boto3', "sqs = boto3.client('sqs')", 'def run(e, c): return sqs']
        assert lines_of(text.format(inside=inside, uses='sqs')) == expected
        with pytest.raises(Source__Not_Portable, match="'queue'"):
            slice_of(text.format(inside=inside, uses='queue')).text()

    def test_a_class_with_a_method_that_deploys_can_be_carried(self):
        text = DEPLOY + 'class Tool:\n    def go(self): return Deploy_Lambda(run)\ndef run(e, c): return Tool()\n'
        assert lines_of(text) == text.strip().split('\n')

    def test_a_deleted_name_is_not_deleted_on_lambda(self):
        assert lines_of('a = 1\nb = 2\ndef run(e, c): return a\ndel a, b\n') == ['a = 1', 'def run(e, c): return a']

    def test_two_names_of_one_value_are_both_followed(self):
        text = 'd = {}\nd["x"] = 1\nTABLE = d = {}\nd["a"] = 1\ndef run(e, c): return TABLE\n'
        assert lines_of(text) == text.strip().split('\n')

    def test_a_star_import_stays_only_when_a_name_comes_from_nowhere_else(self):
        text = 'from os.path import *\ndef run(e, c): return {}\n'
        assert lines_of(text.format('join')) == ['from os.path import *', 'def run(e, c): return join']
        assert lines_of(text.format('len')) == ['def run(e, c): return len']

    def test_future_imports_stay(self):
        assert lines_of('from __future__ import annotations\ndef run(e: Nope, c): return 1\n')[0].startswith('from __f')

    def test_several_statements_on_a_line(self):
        assert lines_of('a = 1; b = 2; c = "é"; d = 4  # end\ndef run(e, x): return b, d\n')[:2] == ['b = 2', 'd = 4']

    def test_a_multi_line_string_keeps_its_lines(self):
        text = 'TEXT = """\n  a\n\n  b\n"""\n@str\ndef run(e, c): return TEXT\n'
        assert '\nTEXT = """\n  a\n\n  b\n"""\n' in slice_of(text).text()

    def test_test_code_around_the_function_is_left_out(self):
        text = """
            import pytest
            from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy
            RATE = 2
            def my_handler(event, context): return event['input'] * RATE
            class Test_My_Lambda(TestCase__Lambda__Deploy):
                handler = my_handler
                def test_it(self): assert self.invoke({'input': 21}) == 42
            @pytest.fixture
            def x(): return my_handler
        """
        assert lines_of(text, 'my_handler') == [
            'RATE = 2',
            "def my_handler(event, context): return event['input'] * RATE",
        ]

    def test_recursion_and_cycles_end(self):
        text = 'def a(n): return b(n) if n else 0\ndef b(n): return a(n - 1)\ndef run(e, c): return a(3) and run\n'
        assert lines_of(text) == text.strip().split('\n')

    def test_relative_imports_are_noticed(self):
        text = 'from . import helper\nfrom . import unused\ndef run(e, c): return {}\n'
        assert slice_of(text.format('helper')).uses_relative_imports()
        assert not slice_of(text.format('1')).uses_relative_imports()

    def test_a_change_elsewhere_in_the_script_changes_nothing(self):
        text = 'A = 1\ndef run(e, c): return A\n'
        assert slice_of(text).text() == slice_of('import sys\n\n' + text + '\nprint(sys.argv)\n').text()

    def test_a_function_that_is_not_there(self):
        with pytest.raises(Handler__Not_Found, match="no top-level function 'gone'"):
            slice_of('x = 1\n', 'gone').text()

    @pytest.mark.parametrize('module', ['copy', 'fnmatch', 'hashlib', 'mimetypes', 'shlex', 'textwrap', 'types'])
    def test_any_function_of_a_real_module_can_be_taken_out_and_imported_alone(self, module):
        source = Python_Source.load(Path(importlib.util.find_spec(module).origin))
        names = [node.name for node in source.tree.body if isinstance(node, ast.FunctionDef)]
        assert names
        for name in names:
            exec(compile(Source_Slice(source, name).text(), module, 'exec'), space := {'__name__': f'{module}_alone'})
            assert callable(space[name])
