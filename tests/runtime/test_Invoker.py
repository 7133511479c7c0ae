import dataclasses
import json
import os
import sys

import pytest

from osbot_lambda.errors import Runtime__Not_Available, Runtime__Start_Failed
from osbot_lambda.runtime.Runtime_Api__Connection import Runtime_Api__Connection

ECHO = 'def handler(event, context): return event'
REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'
PYTHON = f'python{sys.version_info.major}.{sys.version_info.minor}'
TASK = '/var/task/app.py'
BLOCK = 'import signal\ndef handler(event, context): signal.pause()'


class test_Invoker__values:
    @pytest.mark.parametrize('event', [None, {'a': [1, 2.5, 'é☃']}, [], 'text', 0], ids=repr)
    def test_the_handler_gets_the_event_and_its_value_comes_back(self, lab, event):
        assert lab.value(lab.spec(ECHO), event) == event

    def test_an_event_and_a_response_of_the_largest_size_pass(self, lab):
        payload = b'"' + b'x' * (6 * 1024 * 1024 - 2) + b'"'
        assert lab.run(lab.spec(ECHO), payload=payload).payload == payload
        size = Runtime_Api__Connection.MAX_BODY - 2
        assert len(lab.run(lab.spec(f'def handler(event, context): return "x" * {size}')).payload) == size + 2

    @pytest.mark.fidelity(
        'Bytes as a result',
        aws='are the payload as they are',
        ours='as AWS',
        source='R lambda_runtime_marshaller',
        kind='documented',
    )
    def test_bytes_are_returned_as_they_are(self, lab):
        assert lab.run(lab.spec('def handler(event, context): return b"\\x00\\xff"')).payload == b'\x00\xff'

    def test_the_result_tells_version_stream_and_cost(self, lab):
        result = lab.run(lab.spec(ECHO, version='7'), request_id=REQUEST_ID)
        assert (result.request_id, result.executed_version, result.cold) == (REQUEST_ID, '7', True)
        assert result.error_type is None
        assert 0 < result.duration_ms <= result.duration_ms + result.init_ms <= result.billed_ms
        assert 5 < result.max_memory_mb < 200
        warm = lab.run(lab.spec(ECHO, version='7'))
        assert (warm.cold, warm.init_ms, warm.log_stream) == (False, None, result.log_stream)

    def test_a_runtime_that_is_not_on_this_machine_is_refused_with_what_to_install(self, lab):
        text = r'wants python3\.77, and there is no python3\.77 on this machine: install it \(`uv python install 3\.77`'
        with pytest.raises(Runtime__Not_Available, match=text):
            lab.run(lab.spec(ECHO, runtime='python3.77'))

    def test_a_runtime_of_another_language_is_refused(self, lab):
        with pytest.raises(
            Runtime__Not_Available, match=r'wants nodejs22\.x, and the local cloud runs functions in Python'
        ):
            lab.run(lab.spec(ECHO, runtime='nodejs22.x'))

    def test_a_code_folder_that_is_not_there_is_our_error(self, lab, tmp_path):
        with pytest.raises(Runtime__Start_Failed, match='could not be started'):
            lab.run(lab.spec(ECHO, code_dir=tmp_path / 'gone', revision='of a missing folder'))
        assert lab.invoker.stats()['busy'] == 0


class test_Invoker__context:
    CODE = """
        def handler(event, context):
            fields = {name: getattr(context, name) for name in (
                'aws_request_id', 'function_name', 'function_version', 'invoked_function_arn', 'memory_limit_in_mb',
                'log_group_name', 'log_stream_name', 'tenant_id')}
            client = context.client_context
            return {**fields,
                'client_context': client and [client.custom, client.env, client.client.app_title],
                'identity': [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id],
                'remaining': context.get_remaining_time_in_millis()}
    """

    @pytest.mark.fidelity(
        'Context object',
        aws='request id, names, version, ARN as invoked, memory as a text, log group and stream, an empty identity',
        ours='as AWS',
        source='S introspection, R LambdaContext',
        kind='documented',
    )
    def test_the_context_has_what_lambda_gives(self, lab):
        spec = lab.spec(self.CODE, timeout=30.0)
        result = lab.run(spec, request_id=REQUEST_ID)
        context = json.loads(result.payload)
        assert 0 < context.pop('remaining') <= 30_000
        assert context == {
            'aws_request_id': REQUEST_ID,
            'function_name': spec.name,
            'function_version': '$LATEST',
            'invoked_function_arn': spec.arn,
            'memory_limit_in_mb': '256',
            'log_group_name': spec.log_group,
            'log_stream_name': result.log_stream,
            'tenant_id': None,
            'client_context': None,
            'identity': [None, None],
        }

    @pytest.mark.fidelity(
        'Client context',
        aws='an object with client, custom and env; of client only five fields are kept',
        ours='as AWS',
        source='R LambdaContext',
        kind='documented',
    )
    def test_the_client_context_is_passed_on(self, lab):
        text = json.dumps({'client': {'app_title': 't'}, 'custom': {'k': 'é'}, 'env': {'e': '1'}}, indent=1)
        found = lab.value(lab.spec(self.CODE), client_context=text)['client_context']
        assert found == [{'k': 'é'}, {'e': '1'}, 't']

    @pytest.mark.fidelity(
        'Trace header',
        aws='_X_AMZN_TRACE_ID is set before each invoke, and deleted for one without',
        ours='as AWS',
        source='R bootstrap',
        kind='documented',
    )
    def test_the_trace_id_is_set_for_its_own_invoke_only(self, lab):
        spec = lab.spec('import os\ndef handler(event, context): return os.environ.get("_X_AMZN_TRACE_ID")')
        assert lab.value(spec, trace_id='Root=1-2-3') == 'Root=1-2-3'
        assert lab.value(spec) is None


class test_Invoker__isolation:
    @pytest.mark.fidelity(
        'Environment variables',
        aws='29, and those of the function; no HOME, and nothing of the host',
        ours='as AWS, and AWS_ENDPOINT_URL, the local cloud; TMPDIR where /tmp is not the function’s own',
        source='S introspection_invoke, lambda_init_environment',
        kind='recorded',
    )
    def test_the_variables_are_those_of_lambda_and_the_users_and_no_other(self, lab, monkeypatch):
        monkeypatch.setenv('SECRET_OF_THE_SERVER', 'x')
        code = 'import os\ndef handler(event, context): return dict(os.environ)'
        spec = lab.spec(code, environment={'TABLE_NAME': 'orders', 'TZ': 'Europe/Lisbon', 'AWS_REGION': 'no'})
        result = lab.run(spec)
        found = json.loads(result.payload)
        temp_dir, runtime_dir = found.pop('TMPDIR'), lab.work_dir / 'runtime' / PYTHON
        assert os.path.isdir(temp_dir)
        assert found.pop('AWS_LAMBDA_RUNTIME_API').startswith('127.0.0.1:')
        assert found.pop('PATH').endswith(':/usr/local/bin:/usr/bin/:/bin')
        if sys.version_info >= (3, 12):
            assert found.pop('LC_CTYPE') == 'C.UTF-8'
        assert found == {
            'AWS_ACCESS_KEY_ID': '111122223333',
            'AWS_DEFAULT_REGION': 'eu-west-1',
            'AWS_ENDPOINT_URL': 'http://127.0.0.1:9',
            'AWS_EXECUTION_ENV': f'AWS_Lambda_{PYTHON}',
            'AWS_LAMBDA_FUNCTION_MEMORY_SIZE': '256',
            'AWS_LAMBDA_FUNCTION_NAME': spec.name,
            'AWS_LAMBDA_FUNCTION_VERSION': '$LATEST',
            'AWS_LAMBDA_INITIALIZATION_TYPE': 'on-demand',
            'AWS_LAMBDA_LOG_GROUP_NAME': spec.log_group,
            'AWS_LAMBDA_LOG_STREAM_NAME': result.log_stream,
            'AWS_REGION': 'eu-west-1',
            'AWS_SECRET_ACCESS_KEY': 's',
            'AWS_SESSION_TOKEN': 't',
            'AWS_XRAY_CONTEXT_MISSING': 'LOG_ERROR',
            'AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1:2000',
            'LAMBDA_RUNTIME_DIR': str(lab.work_dir / 'runtime' / PYTHON),
            'LAMBDA_TASK_ROOT': str(spec.code_dir),
            'LANG': 'en_US.UTF-8',
            'LD_LIBRARY_PATH': f'{runtime_dir}:{runtime_dir}/lib:{spec.code_dir}:{spec.code_dir}/lib',
            'PWD': str(spec.code_dir),
            'PYTHONPATH': str(lab.work_dir / 'runtime' / PYTHON),
            'SHLVL': '0',
            'TABLE_NAME': 'orders',
            'TZ': 'Europe/Lisbon',
            '_AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1',
            '_AWS_XRAY_DAEMON_PORT': '2000',
            '_HANDLER': 'app.handler',
        }
        lab.invoker.retire(spec.arn)
        assert not os.path.exists(temp_dir)

    def test_the_users_lc_ctype_stays(self, lab):
        code = 'import os\ndef handler(event, context): return os.environ["LC_CTYPE"]'
        assert lab.value(lab.spec(code, environment={'LC_CTYPE': 'POSIX'})) == 'POSIX'

    @pytest.mark.fidelity(
        'sys.path',
        aws='/var/task, the layers, from python3.11 on the packages in /var/lang, /var/runtime, the standard library',
        ours='as AWS, but the packages that the runtime brings are in /var/runtime for every version',
        source='S runtime_introspection',
        kind='documented',
    )
    def test_modules_come_from_the_code_the_layers_the_runtime_and_the_standard_library(self, lab, tmp_path):
        layers = (tmp_path / 'one', tmp_path / 'two')
        spec = lab.spec('import sys\ndef handler(event, context): return sys.path', layer_dirs=layers)
        path = lab.value(spec)
        assert path[:6] == [
            str(spec.code_dir),
            f'{layers[1]}/python/lib/{PYTHON}/site-packages',
            f'{layers[0]}/python/lib/{PYTHON}/site-packages',
            f'{layers[1]}/python',
            f'{layers[0]}/python',
            str(lab.work_dir / 'runtime' / PYTHON),
        ]
        assert not [entry for entry in path[6:] if 'site-packages' in entry or 'osbot' in entry]

    def test_a_pythonpath_of_the_users_takes_the_place_of_the_layers(self, lab, tmp_path):
        spec = lab.spec(
            'import sys\ndef handler(event, context): return sys.path',
            layer_dirs=(tmp_path / 'layer',),
            environment={'PYTHONPATH': '/a:/b'},
        )
        assert lab.value(spec)[:4] == [str(spec.code_dir), '/a', '/b', str(lab.work_dir / 'runtime' / PYTHON)]

    @pytest.mark.fidelity(
        'Modules of layers',
        aws='found in /opt/python; a module of the same name in the code wins',
        ours='as AWS',
        source='S runtime_introspection',
        kind='documented',
    )
    def test_a_layers_module_is_found_and_the_codes_own_wins(self, lab, tmp_path):
        for name in ('shared.py', 'only.py'):
            (tmp_path / 'python').mkdir(exist_ok=True)
            (tmp_path / 'python' / name).write_text('where = "layer"')
        code = 'import only, shared\ndef handler(event, context): return [only.where, shared.where]'
        spec = lab.spec(code, files={'shared.py': 'where = "code"'}, layer_dirs=(tmp_path,))
        assert lab.value(spec) == ['layer', 'code']

    def test_what_is_installed_here_is_not_there(self, lab):
        code = """
            from importlib.util import find_spec
            def handler(event, context): return [bool(find_spec(name)) for name in event]
        """
        names = ['pytest', 'moto', 'osbot_utils', 'osbot_lambda', 'boto3', 'dateutil', 'awslambdaric']
        assert lab.value(lab.spec(code), names) == [False, False, False, False, True, True, True]

    def test_the_codes_own_copy_of_a_runtime_package_wins(self, lab):
        code = 'import simplejson\ndef handler(event, context): return simplejson.mine'
        assert lab.value(lab.spec(code, files={'simplejson/__init__.py': 'mine = 1'})) == 1

    def test_a_module_named_as_one_that_the_runtime_needs_does_no_harm(self, lab):
        files = {'decimal.py': 'raise RuntimeError', 'http.py': 'raise RuntimeError', 'traceback.py': ''}
        assert lab.value(lab.spec(ECHO, files=files), 5) == 5

    def test_the_interpreter_is_clean(self, lab):
        code = """
            import os, sys
            loaded = [name for name in ('ctypes', 'osbot_lambda', 'subprocess', 'boto3') if name in sys.modules]
            def handler(event, context): return [loaded, callable(exit), sys.argv, os.getcwd(), sys.stdin.read()]
        """
        spec = lab.spec(code)
        assert lab.value(spec) == [
            [],
            True,
            [str(lab.work_dir / 'runtime' / PYTHON / 'bootstrap.py')],
            str(spec.code_dir),
            '',
        ]

    @pytest.mark.fidelity(
        'Bytecode',
        aws='none is written beside the code',
        ours='as AWS',
        source='K',
        kind='assumed',
    )
    def test_nothing_is_written_beside_the_code(self, lab):
        spec = lab.spec('import other\ndef handler(event, context): pass', files={'other.py': ''})
        lab.run(spec)
        assert sorted(path.name for path in spec.code_dir.rglob('*')) == ['app.py', 'other.py']

    def test_a_worker_has_no_descriptor_of_the_server_or_of_another_worker(self, make_lab):
        lab = make_lab()
        code = """
            import os
            def handler(event, context):
                links = [f'/proc/self/fd/{fd}' for fd in os.listdir('/proc/self/fd')]
                return [os.readlink(link) for link in links if os.path.lexists(link)]
        """
        spec = lab.spec(code)
        first, second = lab.value(spec), lab.value(dataclasses.replace(spec, arn=spec.arn + '-2'))
        for found in (first, second):
            assert len([link for link in found if link.startswith('pipe:')]) == 3
            assert len({link for link in found if link.startswith('pipe:')}) == 1
            assert {link for link in found if link.startswith('/')} == {'/dev/null'}
        assert len(first) == len(second)


class test_Invoker__errors:
    """The payloads are those recorded from AWS, byte for byte."""

    RUNTIME = {
        'exception': (
            'def handler(event, context):\n    raise ValueError("boom")',
            'app.handler',
            'boom',
            'ValueError',
            [f'  File "{TASK}", line 2, in handler\n    raise ValueError("boom")\n'],
        ),
        'own exception class': (
            'class MyError(Exception):\n    pass\ndef handler(event, context):\n    raise MyError("custom text")',
            'app.handler',
            'custom text',
            'MyError',
            [f'  File "{TASK}", line 4, in handler\n    raise MyError("custom text")\n'],
        ),
        'unserialisable': (
            'def handler(event, context): return {1}',
            'app.handler',
            'Unable to marshal response: Object of type set is not JSON serializable',
            'Runtime.MarshalError',
            [],
        ),
    }
    INIT = {
        'import error': (
            'import nope',
            'app.handler',
            "Unable to import module 'app': No module named 'nope'",
            'Runtime.ImportModuleError',
            [],
        ),
        'no such module': (
            '',
            'gone.handler',
            "Unable to import module 'gone': No module named 'gone'",
            'Runtime.ImportModuleError',
            [],
        ),
        'syntax error': (
            'def handler(:\n',
            'app.handler',
            "Syntax error in module 'app': invalid syntax (app.py, line 1)",
            'Runtime.UserCodeSyntaxError',
            [f'  File "{TASK}" Line 1\n    def handler(:\n'],
        ),
        'no such handler': (
            '',
            'app.nope',
            "Handler 'nope' missing on module 'app'",
            'Runtime.HandlerNotFound',
            [],
        ),
        'bad handler name': (
            '',
            'foo',
            "Bad handler 'foo': not enough values to unpack (expected 2, got 1)",
            'Runtime.MalformedHandlerName',
            [],
        ),
        'built-in module': (
            '',
            'sys.exit',
            'Cannot use built-in module sys as a handler module',
            'Runtime.BuiltInModuleConflict',
            [],
        ),
    }
    EXIT = {
        'os._exit(0)': 'Runtime exited without providing a reason',
        'os._exit(1)': 'Runtime exited with error: exit status 1',
        'sys.exit(3)': 'Runtime exited with error: exit status 3',
        'os.kill(os.getpid(), 9)': 'Runtime exited with error: signal: killed',
        'os.kill(os.getpid(), 11)': 'Runtime exited with error: signal: segmentation fault',
        'os.kill(os.getpid(), 15)': 'Runtime exited with error: signal: terminated',
    }

    @staticmethod
    def runtime_payload(message, error_type, request_id, trace):
        fields = {'errorMessage': message, 'errorType': error_type, 'requestId': request_id, 'stackTrace': trace}
        return json.dumps(fields).encode()

    @staticmethod
    def platform_payload(error_type, message):
        return json.dumps({'errorType': error_type, 'errorMessage': message}, separators=(',', ':')).encode()

    @pytest.mark.parametrize(('code', 'handler', 'message', 'error_type', 'trace'), RUNTIME.values(), ids=RUNTIME)
    @pytest.mark.fidelity(
        'Exception in the handler',
        aws='200, FunctionError Unhandled, errorMessage, errorType, requestId, stackTrace; the process goes on',
        ours='as AWS',
        source='S TestLambdaErrors',
        kind='recorded',
    )
    def test_an_error_of_the_handler_leaves_the_environment(self, lab, code, handler, message, error_type, trace):
        spec = lab.spec(code, handler)
        first, second = lab.run(spec), lab.run(spec, request_id=REQUEST_ID)
        assert (second.function_error, second.error_type) == ('Unhandled', error_type)
        assert second.payload == self.runtime_payload(message, error_type, REQUEST_ID, trace)
        assert (first.cold, second.cold, second.log_stream) == (True, False, first.log_stream)

    @pytest.mark.parametrize(('code', 'handler', 'message', 'error_type', 'trace'), INIT.values(), ids=INIT)
    @pytest.mark.fidelity(
        'Errors of the init',
        aws='Runtime.ImportModuleError, .UserCodeSyntaxError, .HandlerNotFound, …; requestId is empty',
        ours='as AWS',
        source='S lambda_errors, R bootstrap',
        kind='recorded',
    )
    def test_an_error_of_the_init_has_no_request_id(self, lab, code, handler, message, error_type, trace):
        spec = lab.spec(code, handler)
        result = lab.run(spec)
        assert (result.function_error, result.error_type) == ('Unhandled', error_type)
        assert result.payload == self.runtime_payload(message, error_type, '', trace)
        assert not lab.run(spec).cold

    @pytest.mark.fidelity(
        'Exception at module level',
        aws='class and text of the exception, empty requestId, frames from importlib on',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_an_exception_of_the_module_shows_its_trace(self, lab):
        result = lab.run(lab.spec('raise Exception("Runtime startup fails")'))
        error = json.loads(result.payload)
        line = f'  File "{TASK}", line 1, in <module>\n    raise Exception("Runtime startup fails")\n'
        assert error.pop('stackTrace')[-1] == line
        assert error == {'errorMessage': 'Runtime startup fails', 'errorType': 'Exception', 'requestId': ''}

    @pytest.mark.parametrize(('statement', 'reason'), EXIT.items(), ids=EXIT)
    @pytest.mark.fidelity(
        'Exit of the process in the handler',
        aws='Runtime.ExitError with exit status, signal or no reason; neither requestId nor stackTrace',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_a_worker_that_ends_in_the_handler(self, lab, statement, reason):
        spec = lab.spec(f'import os, sys\ndef handler(event, context): {statement}')
        result = lab.run(spec, request_id=REQUEST_ID)
        message = f'RequestId: {REQUEST_ID} Error: {reason}'
        assert result.payload == self.platform_payload('Runtime.ExitError', message)
        assert (result.function_error, result.error_type) == ('Unhandled', 'Runtime.ExitError')
        assert result.log.decode().splitlines()[-4:-1] == [message, 'Runtime.ExitError', f'END RequestId: {REQUEST_ID}']
        assert '\tStatus: error\tError Type: Runtime.ExitError\n' in result.log.decode()
        assert not lab.run(spec).cold

    @pytest.mark.fidelity(
        'Exit of the process in the init',
        aws='Runtime.ExitError as in the handler',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_a_worker_that_ends_in_the_init(self, lab):
        result = lab.run(lab.spec('raise SystemExit(2)'), request_id=REQUEST_ID)
        message = f'RequestId: {REQUEST_ID} Error: Runtime exited with error: exit status 2'
        assert result.payload == self.platform_payload('Runtime.ExitError', message)

    @pytest.mark.fidelity(
        'Timeout',
        aws='Sandbox.Timedout, Task timed out after 3.00 seconds; the line and the status in the log',
        ours='as AWS',
        source='S invoke_with_timeout',
        kind='recorded',
    )
    def test_a_timeout(self, lab):
        spec = lab.spec(BLOCK, timeout=0.25)
        result = lab.run(spec, request_id=REQUEST_ID)
        message = f'RequestId: {REQUEST_ID} Error: Task timed out after 0.25 seconds'
        assert result.payload == self.platform_payload('Sandbox.Timedout', message)
        assert (result.function_error, result.error_type) == ('Unhandled', 'Sandbox.Timedout')
        assert result.duration_ms == 250.0
        start, timed_out, end, report = result.log.decode().splitlines()
        assert start == f'START RequestId: {REQUEST_ID} Version: $LATEST'
        assert timed_out[23:] == f'Z {REQUEST_ID} Task timed out after 0.25 seconds'
        assert end == f'END RequestId: {REQUEST_ID}'
        assert '\tDuration: 250.00 ms\t' in report
        assert report.endswith(' ms\tStatus: timeout')
        assert not lab.run(spec).cold

    @pytest.mark.fidelity(
        'Log of a response that is too large',
        aws='the runtime’s own line about the status 413 and its trace, and those of its exit',
        ours='END and REPORT with Function.ResponseSizeTooLarge; the runtime is ended before it can write',
        source='K',
        kind='assumed',
    )
    def test_a_response_over_the_limit_loses_the_worker(self, lab):
        size = Runtime_Api__Connection.MAX_BODY - 1
        spec = lab.spec(f'def handler(event, context): return "x" * {size} if event else 1')
        result = lab.run(spec, True)
        message = 'Response payload size exceeded maximum allowed payload size (6291556 bytes).'
        assert result.payload == self.platform_payload('Function.ResponseSizeTooLarge', message)
        assert result.error_type == 'Function.ResponseSizeTooLarge'
        assert not lab.run(spec, False).cold

    def test_an_exception_with_a_long_text_passes(self, lab):
        result = lab.run(lab.spec('def handler(event, context): raise ValueError("x" * 3_000_000)'))
        assert json.loads(result.payload)['errorMessage'] == 'x' * 3_000_000

    @pytest.mark.fidelity(
        'Client context that is no JSON',
        aws='Runtime.LambdaContextUnmarshalError',
        ours='as AWS',
        source='R bootstrap, S lambda_errors',
        kind='recorded',
    )
    def test_a_client_context_that_is_not_json(self, lab):
        result = lab.run(lab.spec(ECHO), client_context='nope', request_id=REQUEST_ID)
        message = 'Unable to parse Client Context JSON: Expecting value: line 1 column 1 (char 0)'
        error_type = 'Runtime.LambdaContextUnmarshalError'
        assert result.payload == self.runtime_payload(message, error_type, REQUEST_ID, [])

    def test_the_code_folder_reads_var_task_and_another_folder_stays(self, lab):
        spec = lab.spec('def handler(event, context): raise ValueError(event)')
        here = str(spec.code_dir)
        result = lab.run(spec, f'{here}/a.txt {here}-b')
        assert json.loads(result.payload)['errorMessage'] == f'/var/task/a.txt {here}-b'


class test_Invoker__init:
    @pytest.mark.fidelity(
        'Init that fails',
        aws='runs again within the invoke; that one’s error is the answer',
        ours='as AWS',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_an_init_that_fails_is_done_again_in_the_invoke(self, lab, tmp_path):
        code = f"""
            import os
            if not os.path.exists({str(tmp_path / 'seen')!r}):
                open({str(tmp_path / 'seen')!r}, 'w').close()
                raise RuntimeError('the first time')
            def handler(event, context): return 'the second time'
        """
        result = lab.run(lab.spec(code))
        assert (json.loads(result.payload), result.cold, result.init_ms) == ('the second time', True, None)
        assert [line for line in lab.messages(result) if line.startswith('INIT_REPORT') and 'Phase: init\t' in line]

    @pytest.mark.fidelity(
        'Init over 10 s',
        aws='is ended, and runs again within the invoke',
        ours='as AWS',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_an_init_over_its_limit_is_done_again_in_the_invoke(self, lab, tmp_path, monkeypatch):
        monkeypatch.setattr('osbot_lambda.runtime.Environment.Environment.INIT_SECONDS', 1.0)
        code = f"""
            import os, signal
            if not os.path.exists({str(tmp_path / 'seen')!r}):
                open({str(tmp_path / 'seen')!r}, 'w').close()
                signal.pause()
            def handler(event, context): return 'the second time'
        """
        result = lab.run(lab.spec(code))
        assert json.loads(result.payload) == 'the second time'
        assert lab.messages(result)[1].endswith(' ms\tPhase: init\tStatus: timeout\n')

    @pytest.mark.fidelity(
        'Timeout and a second init',
        aws='the function’s timeout covers it: Sandbox.Timedout',
        ours='as AWS',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_the_second_init_is_under_the_functions_timeout(self, lab, monkeypatch):
        monkeypatch.setattr('osbot_lambda.runtime.Environment.Environment.INIT_SECONDS', 0.1)
        result = lab.run(lab.spec('import signal\nsignal.pause()', timeout=0.3))
        assert result.error_type == 'Sandbox.Timedout'
        kinds = [line.split()[0] for line in lab.messages(result)]
        assert kinds[:4] == ['INIT_START', 'INIT_REPORT', 'INIT_REPORT', 'START']
        assert kinds[5:] == ['END', 'REPORT']


class test_Invoker__reuse:
    CODE = """
        import os
        count = 0
        def handler(event, context):
            global count
            count += 1
            if event == 'fail':
                raise ValueError(event)
            return [os.getpid(), count]
    """

    @pytest.mark.fidelity(
        'Globals',
        aws='kept between invokes, also after an exception',
        ours='as AWS',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_globals_are_kept_also_after_an_exception(self, lab):
        spec = lab.spec(self.CODE)
        pid, count = lab.value(spec)
        assert lab.run(spec, 'fail').error_type == 'ValueError'
        assert lab.value(spec) == [pid, count + 2]

    def test_another_version_and_another_function_have_environments_of_their_own(self, lab):
        spec = lab.spec(self.CODE, arn='arn:aws:lambda:eu-west-1:111122223333:function:apart')
        pids = {
            lab.value(other)[0]
            for other in (
                spec,
                dataclasses.replace(spec, version='1'),
                dataclasses.replace(spec, arn=spec.arn + '-2'),
            )
        }
        assert len(pids) == 3
