import textwrap

import pytest

from osbot_lambda.packaging.Dependency_Loads import Dependency_Loads
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Python_Source import Python_Source
from osbot_lambda.packaging.Source_Slice import Source_Slice

BOTO3 = 'from osbot_lambda.aws.lambda_.boto3__lambda import load_dependencies, load_dependency as load\n'
INSIDE = (
    'from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Inside_Lambda import '
    'Lambda__Dependency__Inside_Lambda as Inside\n'
)
DEPLOY = 'from osbot_lambda import Deploy_Lambda\n'


def loads(text):
    return Dependency_Loads(Python_Source('app.py', text))


class test_Dependency_Loads:
    @pytest.mark.parametrize(
        ('call', 'packages'),
        [
            (BOTO3 + "load('requests')", {'requests'}),
            (BOTO3 + "load('PyYAML>=6,<7')", {'pyyaml'}),
            (BOTO3 + "load_dependencies(['numpy==2', 'my-package'])", {'numpy', 'my_package'}),
            (BOTO3 + "load_dependencies('requests, pandas[aws]>=2,<3')", {'requests', 'pandas'}),
            (BOTO3 + "def run(event, context):\n    load('requests')", {'requests'}),
            (INSIDE + "Inside(package_name='pandas').load()", {'pandas'}),
            (INSIDE + "one = Inside('pandas')\none.load()", {'pandas'}),
            ("from osbot_lambda.aws.lambda_ import boto3__lambda\nboto3__lambda.load_dependency('x')", {'x'}),
            ("import boto3__lambda as b\nb.load_dependency('x')", {'x'}),
            (BOTO3 + 'load(name)', set()),
            ("def load(name): ...\nload('requests')", set()),
        ],
    )
    def test_what_is_loaded(self, call, packages):
        assert loads(call).packages == packages

    def test_a_module_that_loads_packages_is_shipped_whole(self, tmp_path):
        text = BOTO3 + "load('requests')\nimport requests\nUNUSED = 1\ndef run(event, context): return requests\n"
        (tmp_path / 'app.py').write_text(text)
        source = Handler_Source('app.run', source_roots=[tmp_path])
        assert source.code().data.decode() == text
        assert [one.name for one in source.discovery().add_source('app', source.code().source).missing()] == [
            'osbot_lambda'
        ]

    @pytest.mark.parametrize('module', ['osbot_lambda.aws.lambda_.Lambda', 'osbot_lambda.deploy.Deploy_Lambda'])
    def test_one_that_uses_us_otherwise_is_not(self, tmp_path, module):
        (tmp_path / 'app.py').write_text(f'{BOTO3}import {module}\nUNUSED = 1\ndef run(event, context): pass\n')
        assert b'UNUSED' not in Handler_Source('app.run', source_roots=[tmp_path]).code().data

    def test_a_slice_loads_what_the_script_loads_before_it_deploys(self):
        text = textwrap.dedent(
            f"""
            {BOTO3.strip()}
            {INSIDE.strip()}
            {DEPLOY.strip()}
            load('requests')
            one = Inside(package_name='pandas')
            one.load()
            print('loaded')
            import requests
            def run(event, context):
                return requests.__version__
            Deploy_Lambda(run).deploy()
            load('too-late')
            """
        )
        sliced = Source_Slice(Python_Source('app.py', text), 'run').text().split('\n')[1:]
        assert [line for line in sliced if line] == [
            'from osbot_lambda.aws.lambda_.boto3__lambda import load_dependency as load',
            INSIDE.strip(),
            "load('requests')",
            "one = Inside(package_name='pandas')",
            'one.load()',
            'import requests',
            'def run(event, context):',
            '    return requests.__version__',
        ]
