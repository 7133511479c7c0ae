"""The local cloud beside AWS's own Runtime Interface Emulator: the same handlers, their payloads and log lines.

The emulator runs the same code as Lambda where a function and its runtime meet, and has nothing of what Lambda has
around that: each difference is one of the emulator's, unless its fact says otherwise.
"""

import base64
import io
import itertools
import json
import re
import sys
import zipfile

import boto3
import pytest

from benchmarks.Emulator import Emulator
from osbot_lambda.local.Local_Cloud import Local_Cloud
from osbot_lambda.runtime.Invoker import Invoker
from tests.local.Rie_Case import Rie_Case
from tests.local.Rie_Difference import Rie_Difference

# What is another one each time.
MASKS = (
    (re.compile(r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'), '<id>'),
    (re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z'), '<time>'),
    (re.compile(r'\[\d{13}\]'), '[<time>]'),
    (re.compile(r'\d+(\.\d+)? ms'), '<ms>'),
    (re.compile(r'Max Memory Used: \d+ MB'), 'Max Memory Used: <MB>'),
    (re.compile(r'Previous line repeated \d+ more'), 'Previous line repeated <n> more'),  # frames below the handler
)

REPORT = r'REPORT RequestId: <id>\tDuration: <ms>\tBilled Duration: <ms>\tMemory Size: 128 MB\tMax Memory Used: <MB>\t'
END = rf'END RequestId: <id>\n{REPORT}'
COLD = r'Init Duration: <ms>\t'

# In what the log of every invoke may differ.
ORDER = Rie_Difference(
    'log',
    r'\tInit Duration: <ms>(\tDuration: [^\n]*?Max Memory Used: <MB>\t)',
    r'\1Init Duration: <ms>\t',
    'lambda_facts §1: Lambda puts the Init Duration last, the emulator first',
)
LINE_ENDS = Rie_Difference(
    'log',
    r'(?<=[^\n])(?=END RequestId)',
    r'\n',
    "lambda_facts §1: on Lambda each line is a log event of its own, also the platform's after an unfinished line",
)
TRACES = Rie_Difference(
    'log',
    r'\r(?=Traceback|  )',
    r'\n',
    'local_cloud_notes §9: without the telemetry pipe that Lambda has, the runtime writes traces with carriage returns',
)
ALWAYS = (ORDER, LINE_ENDS, TRACES)

# In what single cases differ.
FAILED_INIT = Rie_Difference(
    'log',
    r'^START RequestId: <id> Version: \$LATEST\n(.*\[ERROR\] ([^:\n]+).*)$',
    r'\1INIT_REPORT Init Duration: <ms>\tPhase: invoke\tStatus: error\tError Type: \2\n'
    rf'START RequestId: <id> Version: $LATEST\n{END}Status: error\tError Type: \2\n',
    'lambda_facts §1: an init that failed is reported as INIT_REPORT, before START; then come END and REPORT',
)
EXIT_OF_INIT = Rie_Difference(
    'log',
    r'^START RequestId: <id> Version: \$LATEST\n$',
    r'INIT_REPORT Init Duration: <ms>\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n'
    r'START RequestId: <id> Version: $LATEST\n'
    r'RequestId: <id> Error: Runtime exited with error: exit status 2\nRuntime.ExitError\n'
    rf'{END}Status: error\tError Type: Runtime.ExitError\n',
    'lambda_facts §1: INIT_REPORT, the line of the crash, END and REPORT',
)
EXIT_OF_INIT_PAYLOAD = Rie_Difference(
    'payload',
    r'^$',
    '{"errorType":"Runtime.ExitError",'
    '"errorMessage":"RequestId: <id> Error: Runtime exited with error: exit status 2"}',
    'lambda_facts §3: an exit in the init, too, is answered with Runtime.ExitError; the emulator answers nothing',
)
TIMEOUT_PAYLOAD = Rie_Difference(
    'payload',
    r'^(Task timed out after 1.00 seconds)$',
    r'{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: <id> Error: \1"}',
    'lambda_facts §3: recorded from Lambda; the emulator answers a plain text',
)
TIMEOUT_LOG = Rie_Difference(
    'log',
    rf'(?={END}{COLD})(.*{COLD})',
    r'<time> <id> Task timed out after 1.00 seconds\n\1Status: timeout',
    'lambda_facts §1: the line of the timeout, and the status of the report',
)

TOO_LARGE = Rie_Difference(
    'log',
    r'^(START RequestId: <id> Version: \$LATEST\n).*$',
    rf'\1{END}{COLD}Status: error\tError Type: Function.ResponseSizeTooLarge\n',
    'fidelity.md: on Lambda, too, the runtime logs that its response was refused; here it is ended before it can',
)
INIT_OUTPUT = Rie_Difference(
    'log',
    r'(?<=\$LATEST\n)loading\n',
    '',
    'lambda_facts §1: what the init prints stands before START, with INIT_START; that LogResult lacks it is assumed',
)


def crash(reason: str) -> Rie_Difference:
    """The end of the process in the first invoke."""
    return Rie_Difference(
        'log',
        r'^(START RequestId: <id> Version: \$LATEST\n)$',
        rf'\1RequestId: <id> Error: Runtime exited {reason}\nRuntime.ExitError\n'
        rf'{END}{COLD}Status: error\tError Type: Runtime.ExitError\n',
        'lambda_facts §1: the line of the crash, END and REPORT; the emulator writes nothing more',
    )


ECHO = 'def handler(event, context): return event'
COUNT = 'import os\nn = 0\ndef handler(event, context):\n    global n\n    n += 1\n'

CASES = (
    # ---- what comes back
    Rie_Case('an object', ECHO, events=('{"a": [1, 2.5, null, true, "é☃"], "b": {}}',)),
    Rie_Case('nothing', 'def handler(event, context): pass'),
    Rie_Case('a text', ECHO, events=('"text ☃"',)),
    Rie_Case('a large number', ECHO, events=('12345678901234567890',)),
    Rie_Case('a list', ECHO, events=('[[], {}, ""]',)),
    Rie_Case('null', ECHO, events=('null',)),
    Rie_Case('a decimal', 'from decimal import Decimal\ndef handler(event, context): return {"d": Decimal("1.10")}'),
    Rie_Case('not a number', 'def handler(event, context): return float("nan")'),
    Rie_Case('keys that are no text', 'def handler(event, context): return {1: (2, 3), None: 4, True: 5}'),
    Rie_Case('bytes', 'def handler(event, context): return b"raw"'),
    Rie_Case('a set', 'def handler(event, context): return {1}'),
    Rie_Case('a datetime', 'import datetime\ndef handler(event, context): return datetime.datetime(2026, 1, 1)'),
    Rie_Case('an object of a class', 'class A: pass\ndef handler(event, context): return A()'),
    Rie_Case('a generator', 'def handler(event, context): return (n for n in range(3))'),
    Rie_Case('a response of the largest size', 'def handler(event, context): return "x" * 6291554'),
    Rie_Case(
        'a response that is too large',
        'def handler(event, context): return "x" * 6291555',
        differs=(TOO_LARGE,),
    ),
    # ---- errors of the handler
    Rie_Case('an exception', 'def handler(event, context):\n    raise ValueError("boom")'),
    Rie_Case(
        'an own exception from another one, some frames down',
        """
        class My_Error(Exception): pass
        def deep(n):
            if n: return deep(n - 1)
            try:
                {}['gone']
            except KeyError as error:
                raise My_Error('custom text') from error
        def handler(event, context): return deep(2)
        """,
    ),
    Rie_Case('an exception of several lines', 'def handler(event, context): raise RuntimeError("one\\ntwo ☃")'),
    Rie_Case('a recursion without an end', 'def f(n): return f(n + 1)\ndef handler(event, context): return f(0)'),
    Rie_Case(
        'the process goes on after an exception',
        COUNT + '    if n == 2: raise ValueError\n    return n',
        events=('1',) * 3,
    ),
    # ---- errors of the init
    Rie_Case('an import that is not there', 'import nope', differs=(FAILED_INIT,)),
    Rie_Case('a module that is not there', '', handler='gone.handler', differs=(FAILED_INIT,)),
    Rie_Case('a syntax error', 'def handler(:\n', differs=(FAILED_INIT,)),
    Rie_Case('a handler that is not there', '', handler='app.nope', differs=(FAILED_INIT,)),
    Rie_Case('a handler without a dot', '', handler='foo', differs=(FAILED_INIT,)),
    Rie_Case('a built-in module', '', handler='sys.exit', differs=(FAILED_INIT,)),
    Rie_Case('an exception of the module', 'raise Exception("Runtime startup fails")', differs=(FAILED_INIT,)),
    Rie_Case('an exit of the module', 'raise SystemExit(2)', differs=(EXIT_OF_INIT, EXIT_OF_INIT_PAYLOAD)),
    # ---- the end of the process
    Rie_Case(
        'exit 0',
        'import os\ndef handler(event, context): os._exit(0)',
        differs=(crash('without providing a reason'),),
    ),
    Rie_Case(
        'exit 1',
        'import sys\ndef handler(event, context): sys.exit(1)',
        differs=(crash('with error: exit status 1'),),
    ),
    Rie_Case(
        'a segmentation fault',
        'import os\ndef handler(event, context): os.kill(os.getpid(), 11)',
        differs=(crash('with error: signal: segmentation fault'),),
    ),
    Rie_Case(
        'a kill',
        'import os\ndef handler(event, context): os.kill(os.getpid(), 9)',
        differs=(crash('with error: signal: killed'),),
    ),
    Rie_Case(
        'after an exit it starts anew',
        COUNT + '    if event == 1: os._exit(1)\n    return n',
        events=('1', '2', '3'),
        differs=(crash('with error: exit status 1'),),
    ),
    Rie_Case(
        'a timeout',
        'import signal\ndef handler(event, context): signal.pause()',
        timeout=1,
        differs=(TIMEOUT_PAYLOAD, TIMEOUT_LOG),
    ),
    # ---- what is written
    Rie_Case(
        'prints',
        """
        def handler(event, context):
            print('one\\ntwo')
            print()
            print('ü☃', end='')
            print(' three')
        """,
    ),
    Rie_Case('a print without its end', 'def handler(event, context): print("open", end="")'),
    Rie_Case('a carriage return', 'def handler(event, context): print("a\\rb")'),
    Rie_Case('standard error', 'import sys\ndef handler(event, context): print("to stderr", file=sys.stderr)'),
    Rie_Case(
        'prints of the init',
        'print("loading")\ndef handler(event, context): print("run")',
        events=('1', '2'),
        differs=(INIT_OUTPUT,),
    ),
    Rie_Case('context.log', 'def handler(event, context): context.log("said\\n")'),
    Rie_Case(
        'logging',
        """
        import logging
        def handler(event, context):
            logging.getLogger().info('is dropped')
            logging.getLogger('mine').warning('careful %s', 1)
            logging.getLogger().setLevel('DEBUG')
            logging.debug('two\\nlines')
            try:
                1 / 0
            except ZeroDivisionError:
                logging.exception('caught')
        """,
    ),
    Rie_Case(
        'basicConfig comes too late',
        """
        import logging
        logging.basicConfig(level='INFO', format='X %(message)s')
        def handler(event, context):
            logging.info('dropped')
            logging.error('kept')
        """,
    ),
    Rie_Case(
        'logging as JSON',
        """
        import logging
        def handler(event, context):
            logging.getLogger().debug('is dropped')
            logging.getLogger('mine').info('said %s', 1, extra={'order': 7, 'empty': None})
            print('stays as it is')
            try:
                1 / 0
            except ZeroDivisionError:
                logging.exception('caught')
        """,
        json_logs=True,
    ),
    Rie_Case('an exception as JSON', 'def handler(event, context):\n    raise ValueError("boom")', json_logs=True),
    # ---- what the handler sees
    Rie_Case(
        'a handler in a folder',
        '',
        handler='pkg/mod.run',
        files={'pkg/__init__.py': '', 'pkg/mod.py': 'def run(event, context): return __name__'},
    ),
    Rie_Case(
        'the types of the context',
        """
        def handler(event, context):
            names = [name for name in dir(context) if not name.startswith('_')]
            return {name: type(getattr(context, name)).__name__ for name in names}
        """,
    ),
    Rie_Case(
        'the context',
        """
        def handler(event, context):
            in_time = 0 < context.get_remaining_time_in_millis() <= 3000
            return [context.function_name, context.function_version, context.memory_limit_in_mb, context.client_context,
                    context.identity.cognito_identity_id, context.log_group_name, in_time]
        """,
    ),
    Rie_Case(
        'the client context',
        """
        def handler(event, context):
            given = context.client_context
            return [given.custom, given.env, given.client.app_title]
        """,
        client_context={'client': {'app_title': 't', 'other': 1}, 'custom': {'a': 1}, 'env': {'e': '2'}},
    ),
    Rie_Case(
        'variables',
        'import os\ndef handler(event, context): return [os.environ[n] for n in ("MINE", "_HANDLER", "TZ", "LANG")]',
        variables={'MINE': 'ü 1'},
    ),
    Rie_Case(
        'the request id',
        'def handler(event, context): print(context.aws_request_id); return context.aws_request_id',
    ),
)


def masked(text: str) -> str:
    text = text.replace('\u00a0', ' ')  # with which the runtime indents traces
    for pattern, name in MASKS:
        text = pattern.sub(name, text)
    return text


def without_platform_lines(text: str) -> str:
    """The lines of the function: as JSON, those of the platform are another matter, which the emulator doesn't have."""
    lines = text.splitlines(keepends=True)
    return ''.join(line for line in lines if not re.match(r'(START|END|REPORT) RequestId|\{"time":', line))


class Emulated:
    """A case's payloads and logs, from the emulator."""

    def __init__(self, case: Rie_Case, name: str, folder):
        for path, text in case.sources().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        headers = {}
        if case.client_context:
            headers['X-Amz-Client-Context'] = base64.b64encode(json.dumps(case.client_context).encode()).decode()
        variables = {
            'AWS_EXECUTION_ENV': f'AWS_Lambda_python3.{sys.version_info.minor}',  # the image's; the client looks at it
            'AWS_LAMBDA_FUNCTION_NAME': name,
            'AWS_LAMBDA_LOG_GROUP_NAME': f'/aws/lambda/{name}',
            **({'AWS_LAMBDA_LOG_FORMAT': 'JSON', 'AWS_LAMBDA_LOG_LEVEL': 'INFO'} if case.json_logs else {}),
            **case.variables,
        }
        self.answers = []
        with Emulator(folder, case.handler, case.timeout, variables=variables) as emulator:
            written = 0
            for event in case.events:
                payload = emulator.invoke(event.encode(), headers).decode()
                output = emulator.output
                self.answers.append([self.as_lambda(text, folder) for text in (payload, output[written:])])
                written = len(output)

    @staticmethod
    def as_lambda(text: str, folder) -> str:
        return text.replace(str(folder), '/var/task').replace(sys.base_prefix, '/var/lang')


@pytest.fixture(scope='module')
def client():
    if reason := Emulator.why_not():
        pytest.skip(reason)
    with Local_Cloud() as cloud:
        yield boto3.client('lambda', **cloud.session_kwargs())


class test_Rie_differences:
    NUMBERS = itertools.count(1)

    def invoked(self, case, name, client):
        """The case's payloads and logs, from the local cloud."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, 'w') as archive:
            for path, text in case.sources().items():
                archive.writestr(path, text)
        client.create_function(
            FunctionName=name,
            Runtime=Invoker.RUNTIME,
            Handler=case.handler,
            Role='arn:aws:iam::000000000000:role/lambda-role',
            Timeout=case.timeout,
            Code={'ZipFile': code.getvalue()},
            Environment={'Variables': dict(case.variables)},
            **({'LoggingConfig': {'LogFormat': 'JSON'}} if case.json_logs else {}),
        )
        client.get_waiter('function_active_v2').wait(FunctionName=name, WaiterConfig={'Delay': 1})
        more = {}
        if case.client_context:
            more['ClientContext'] = base64.b64encode(json.dumps(case.client_context).encode()).decode()
        for event in case.events:
            answer = client.invoke(FunctionName=name, Payload=event.encode(), LogType='Tail', **more)
            yield answer['Payload'].read().decode(), base64.b64decode(answer['LogResult']).decode()

    @pytest.mark.parametrize('case', CASES, ids=lambda case: case.name)
    def test_payload_and_log_are_those_of_the_emulator(self, case, client, tmp_path):
        name = f'fn-{next(self.NUMBERS)}'
        pairs = zip(Emulated(case, name, tmp_path).answers, self.invoked(case, name, client), strict=True)
        unused = set(case.differs)
        for answers in pairs:
            (payload, log), (our_payload, our_log) = [[masked(text) for text in answer] for answer in answers]
            if case.json_logs:
                log, our_log = without_platform_lines(log), without_platform_lines(our_log)
            for difference in (*ALWAYS, *case.differs):
                before = payload, log
                payload, log = difference.applied('payload', payload), difference.applied('log', log)
                if before != (payload, log):
                    unused.discard(difference)
            assert our_payload == payload
            assert our_log == log
        assert not unused, 'there is no such difference any more'
