"""Functions of several versions of Python, side by side; and both forms of the runtime client."""

import json
import re

import pytest

from osbot_lambda.errors import Runtime__No_Package, Runtime__Not_Available, Runtime__Start_Failed
from osbot_lambda.python.Python_Finder import Python_Finder
from osbot_lambda.runtime.Runtime_Folder import HERE, Runtime_Folder

VERSIONS = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14']
REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'
CASES = """
    import decimal, logging, os, sys
    logging.getLogger().setLevel('INFO')
    class MyError(Exception):
        pass
    def handler(event, context):
        what = event['case']
        if what == 'version': return list(sys.version_info[:2])
        if what == 'environ': return dict(os.environ)
        if what == 'context':
            return [context.aws_request_id, context.function_name, context.function_version, context.memory_limit_in_mb,
                    context.invoked_function_arn, context.client_context and context.client_context.custom,
                    context.identity.cognito_identity_id, context.tenant_id, 0 < context.get_remaining_time_in_millis()]
        if what == 'trace': return os.environ.get('_X_AMZN_TRACE_ID')
        if what == 'echo': return event['value']
        if what == 'null': return None
        if what == 'bytes': return b'\\x00\\xff raw'
        if what == 'letters': return 'é€'
        if what == 'decimal': return decimal.Decimal('1.50')
        if what == 'large': return 'x' * 6_000_000
        if what == 'log': logging.info('hello %s', 'log'); logging.getLogger('a').debug('silent'); return 1
        if what == 'print': print('one\\ntwo é'); print('err', file=sys.stderr); return 2
        if what == 'raise': raise ValueError('boom é€')
        if what == 'own': raise MyError('custom\\ntext')
        if what == 'set': return {1}
"""


def found(version):
    here = pytest.mark.skipif(Python_Finder.find(version) is None, reason=f'no python{version} on this machine')
    return pytest.param(version, marks=here, id=version)


class test_runtimes:
    """One environment of each version that this machine has."""

    @pytest.fixture
    def spec(self, lab):
        def make(version, code=CASES, **changes):
            return lab.spec(code, runtime=f'python{version}', **changes)

        return make

    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS])
    def test_a_function_runs_on_its_own_version(self, lab, spec, version):
        assert lab.value(spec(version), {'case': 'version'}) == [int(part) for part in version.split('.')]

    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS])
    def test_the_context_is_the_same_on_all(self, lab, spec, version):
        one = spec(version)
        answer = lab.value(one, {'case': 'context'}, request_id=REQUEST_ID, client_context='{"custom": {"k": "é"}}')
        assert answer == [REQUEST_ID, one.name, '$LATEST', '256', one.arn, {'k': 'é'}, None, None, True]
        assert lab.value(one, {'case': 'trace'}, trace_id='Root=1-2-3') == 'Root=1-2-3'

    @pytest.mark.fidelity(
        'environment variables by version',
        aws='AWS_EXECUTION_ENV names the runtime; LC_CTYPE is C.UTF-8 from python3.12 on, not before; there is no HOME',
        ours='as AWS',
        source='S introspection_invoke, lambda_init_environment',
        kind='recorded',
    )
    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS])
    def test_the_variables_are_those_of_its_version(self, lab, spec, version):
        environ = lab.value(spec(version), {'case': 'environ'})
        assert environ['AWS_EXECUTION_ENV'] == f'AWS_Lambda_python{version}'
        assert environ.get('LC_CTYPE') == (None if version in ('3.8', '3.9', '3.10', '3.11') else 'C.UTF-8')
        assert not {'HOME', 'AWS_LAMBDA_FUNCTION_TIMEOUT'} & set(environ)

    @pytest.mark.fidelity(
        'error payload by version',
        aws='errorMessage, errorType, requestId, stackTrace; python3.8 has no requestId',
        ours='as AWS',
        source='R bootstrap.make_error, S TestLambdaErrors',
        kind='recorded',
    )
    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS])
    def test_an_error_has_a_request_id_but_on_3_8(self, lab, spec, version):
        result = lab.run(spec(version), {'case': 'raise'}, request_id=REQUEST_ID)
        error = json.loads(result.payload)
        assert error.pop('requestId', 'none') == ('none' if version == '3.8' else REQUEST_ID)
        (frame,) = error.pop('stackTrace')
        assert re.fullmatch(r'  File "/var/task/app\.py", line \d+, in handler\n    if what == \'raise\': .*\n', frame)
        assert error == {'errorMessage': 'boom é€', 'errorType': 'ValueError'}

    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS])
    def test_an_error_of_the_module_shows_lambdas_folders(self, lab, spec, version):
        result = lab.run(spec(version, 'raise Exception("Runtime startup fails")'))
        error = json.loads(result.payload)
        assert error['stackTrace'][0].startswith(f'  File "/var/lang/lib/python{version}/importlib/__init__.py", line ')
        assert error['stackTrace'][-1].startswith('  File "/var/task/app.py", line 1, in <module>\n')
        assert error.get('requestId') == (None if version == '3.8' else '')

    @pytest.mark.fidelity(
        'letters outside ASCII in a result',
        aws='escaped up to python3.11, as they are from python3.12 on',
        ours='as AWS',
        source='R lambda_runtime_marshaller',
        kind='documented',
    )
    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS])
    def test_letters_outside_ascii_are_escaped_up_to_3_11(self, lab, spec, version):
        payload = lab.run(spec(version), {'case': 'letters'}).payload
        escaped = version in ('3.8', '3.9', '3.10', '3.11')
        assert payload == (b'"\\u00e9\\u20ac"' if escaped else '"é€"'.encode())

    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS])
    def test_logging_goes_to_the_stream_of_the_environment(self, lab, spec, version):
        result = lab.run(spec(version), {'case': 'log'}, request_id=REQUEST_ID)
        lines = [line for line in lab.messages(result) if 'hello' in line]
        assert re.fullmatch(rf'\[INFO\]\t[\d-]+T[\d:.]+Z\t{REQUEST_ID}\thello log\n', lines[-1])

    @pytest.mark.parametrize('version', [found(version) for version in VERSIONS if version not in ('3.8', '3.9')])
    def test_boto3_is_there(self, lab, spec, version):
        code = """
            import os, boto3
            def handler(event, context):
                return [os.path.relpath(boto3.__file__, os.environ['LAMBDA_RUNTIME_DIR']), bool(boto3.client('sqs'))]
        """
        assert lab.value(spec(version, code)) == ['boto3/__init__.py', True]


class test_other_python:
    def test_it_runs_on_the_nearest_version_when_asked_for_and_says_so(self, make_lab):
        lab = make_lab(run_on_other_python=True)
        nearest = Python_Finder.nearest('3.20')
        spec = lab.spec(CASES, runtime='python3.20')
        first, second = lab.run(spec, {'case': 'version'}), lab.run(spec, {'case': 'version'})
        assert json.loads(first.payload) == [int(part) for part in nearest.split('.')]
        note = f'python3.20 is not on this machine: this function runs on python{nearest} (run_on_other_python)'
        assert lab.messages(first)[0] == f'{note}\n'
        assert (first.note, second.note) == (note, note)

    def test_it_is_refused_when_not_asked_for(self, make_lab):
        lab = make_lab()
        with pytest.raises(Runtime__Not_Available, match=r'there is no python3\.20 on this machine'):
            lab.run(lab.spec(CASES, runtime='python3.20'))

    def test_a_function_on_its_own_version_has_no_note(self, make_lab):
        lab = make_lab(run_on_other_python=True)
        result = lab.run(lab.spec(CASES), {'case': 'null'})
        assert result.note == ''
        assert lab.messages(result)[0].startswith('INIT_START')


class test_packages:
    """What isn't installed here, or not for that version, comes from elsewhere."""

    def test_a_boto3_for_the_version_is_linked_with_all_that_came_with_it(self, make_lab, tmp_path):
        (tmp_path / 'boto3').mkdir()
        (tmp_path / 'boto3' / '__init__.py').write_text('from helper import VALUE')
        (tmp_path / 'helper.py').write_text('VALUE = 5')
        lab = make_lab(packages=lambda name, version: tmp_path if (name, version) == ('boto3', HERE) else None)
        assert lab.value(lab.spec('import boto3\ndef handler(event, context): return boto3.VALUE')) == 5

    def test_without_a_boto3_the_function_runs_and_importing_it_says_why(self, make_lab):
        def packages(name, version):
            if name == 'boto3':
                raise Runtime__No_Package(name, version, 'no index can be reached')

        lab = make_lab(packages=packages)
        code = """
            import botocore_is_mine
            def handler(event, context):
                try:
                    import boto3
                except ImportError as error:
                    return str(error)
        """
        answer = lab.value(lab.spec(code, files={'botocore_is_mine.py': ''}))
        assert answer == (
            f'boto3 for Python {HERE} could not be had, so the local cloud does not bring it: no index can be reached'
        )
        own = lab.spec('import boto3\ndef handler(event, context): return boto3.MINE', files={'boto3.py': 'MINE = 1'})
        assert lab.value(own) == 1

    def test_the_client_comes_from_elsewhere_when_it_is_not_installed(self, make_lab, tmp_path, monkeypatch):
        for path in [path for module in Runtime_Folder.CLIENT for path in Runtime_Folder.installed(module)]:
            (tmp_path / path.name).symlink_to(path)
        location = Runtime_Folder.location
        installed = staticmethod(
            lambda module: None if module in ('awslambdaric', 'runtime_client') else location(module)
        )
        monkeypatch.setattr(Runtime_Folder, 'location', installed)
        lab = make_lab(packages=lambda name, version: tmp_path if name == 'awslambdaric' else None)
        code = 'import runtime_client\ndef handler(event, context): return runtime_client.__file__'
        assert lab.value(lab.spec(code)).endswith('/runtime_client.py')

    def test_without_a_client_it_is_our_error(self, make_lab, monkeypatch):
        def packages(name, version):
            raise Runtime__No_Package(name, version, 'no index can be reached')

        monkeypatch.setattr(Runtime_Folder, 'location', staticmethod(lambda module: None))
        lab = make_lab(packages=packages)
        with pytest.raises(Runtime__Start_Failed, match=r'awslambdaric for Python .* no index can be reached'):
            lab.run(lab.spec(CASES))


@pytest.mark.skipif(
    Runtime_Folder.location(Runtime_Folder.COMPILED) is None, reason='no compiled client on this machine'
)
class test_both_clients:
    """The compiled runtime client of AWS and the stand-in: the same results, errors and log lines."""

    @pytest.fixture(scope='class')
    @classmethod
    def labs(cls, tmp_path_factory, Lab):
        native, stand_in = (Lab(tmp_path_factory.mktemp(name).resolve()) for name in ('native', 'stand-in'))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Runtime_Folder, 'COMPILED', 'no_such_module')
            stand_in.run(stand_in.spec('def handler(event, context): pass'))
        yield native, stand_in
        for lab in (native, stand_in):
            lab.invoker.stop()

    def both(self, labs, event, code=CASES, handler='app.handler', **more):
        answers = []
        for lab in labs:
            result = lab.run(lab.spec(code, handler), event, request_id=REQUEST_ID, **more)
            log = re.sub(rb'\d+\.\d+ ms|\d+ ms|\d+ MB|[\d-]+T[\d:.]+Z', b'#', result.log)
            answers.append((result.payload, result.function_error, result.error_type, log))
        return answers

    @pytest.mark.parametrize(
        'event',
        [
            {'case': 'context'},
            {'case': 'echo', 'value': {'é': [1, 2.5, None, True, '€', {}]}},
            {'case': 'echo', 'value': ''},
            {'case': 'null'},
            {'case': 'bytes'},
            {'case': 'letters'},
            {'case': 'decimal'},
            {'case': 'large'},
            {'case': 'log'},
            {'case': 'print'},
            {'case': 'raise'},
            {'case': 'own'},
            {'case': 'set'},
            {},
            [],
        ],
        ids=lambda event: str(event)[:40],
    )
    def test_give_the_same(self, labs, event):
        more = {'client_context': '{"custom": {"k": "é"}}', 'trace_id': 'Root=1-2-3'}
        self.both(labs, event, **more)  # whichever case comes first has the cold start
        native, stand_in = self.both(labs, event, **more)
        assert native == stand_in

    def test_give_the_same_for_a_client_context_that_is_no_json(self, labs):
        native, stand_in = self.both(labs, {}, client_context='{')
        assert native == stand_in
        assert native[2] == 'Runtime.LambdaContextUnmarshalError'

    @pytest.mark.parametrize(
        'code',
        [
            'import nope',
            'raise Exception("at import")',
            'def handler(event, context): import os; os._exit(3)',
            'def handler(event, context): return "x" * 6_400_000',
            'def nothing(): pass',
        ],
    )
    def test_give_the_same_when_the_function_is_lost(self, labs, code):
        native, stand_in = self.both(labs, {}, code)
        assert native == stand_in
        assert native[1] == 'Unhandled'

    def test_are_what_they_are(self, labs):
        code = 'import runtime_client\ndef handler(event, context): return runtime_client.__file__.rpartition(".")[2]'
        assert [lab.value(lab.spec(code)) for lab in labs] == ['so', 'py']
