import json
import re

import pytest

REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'
# recorded
START = {
    'requestId': REQUEST_ID,
    'functionArn': 'arn:aws:lambda:us-east-1:111122223333:function:my-fn',
    'version': '$LATEST',
}
REPORT = {
    'requestId': REQUEST_ID,
    'metrics': {
        'durationMs': 2.9,
        'billedDurationMs': 3,
        'memorySizeMB': 128,
        'maxMemoryUsedMB': 36,
        'initDurationMs': 110.1,
    },
    'status': 'success',
}
APP = {
    'timestamp': '2026-11-20T12:00:00Z',
    'level': 'INFO',
    'message': 'hello',
    'logger': 'root',
    'requestId': REQUEST_ID,
}
CODE = """
    import logging, os, signal
    log = logging.getLogger()
    def handler(event, context):
        match event:
            case 'raise': raise ValueError('boom')
            case 'exit': os._exit(1)
            case 'hang': signal.pause()
            case 'levels':
                log.setLevel('DEBUG')
                for level in ('debug', 'info', 'warning', 'error', 'critical'):
                    getattr(log, level)(level)
                print('printed')
                print('{"level": "debug", "timestamp": "2026-11-20T12:00:00Z", "message": "own"}')
                print('{"level": "error", "timestamp": "2026-11-20T12:00:00Z", "message": "own"}')
                log.setLevel(os.environ['AWS_LAMBDA_LOG_LEVEL'].replace('TRACE', 'DEBUG'))
            case 'extra':
                log.info('two\\nlines', extra={'order': 7})
                try: 1 / 0
                except ZeroDivisionError: log.exception('failed')
                print('one\\ntwo')
            case _: log.info('hello')
        return {'ok': True}
"""


@pytest.fixture(scope='class')
def run(lab):
    """Invokes the function; its result, and the events of that invoke (JSON read, other text as it is)."""

    def run(event=None, application='INFO', system='DEBUG', code=CODE, **changes):
        spec = lab.spec(code, log_format='JSON', application_log_level=application, system_log_level=system, **changes)
        before = dict.fromkeys(lab.sink.messages, 0) | {key: len(value) for key, value in lab.sink.messages.items()}
        result = lab.run(spec, event, request_id=REQUEST_ID)
        events = lab.messages(result)[before.get(result.log_stream, 0) :]
        return result, [json.loads(event) if event.startswith('{') else event for event in events]

    return run


def types(events):
    return [event['type'] if isinstance(event, dict) and 'type' in event else '' for event in events]


class test_Platform_Log__Json:
    @pytest.mark.fidelity(
        'JSON log: platform.start and platform.report',
        aws='`{time, type, record}` with the recorded keys, no END line',
        ours='as AWS',
        source='S log_lines_json',
        kind='recorded',
    )
    def test_a_cold_and_a_warm_invoke(self, run):
        result, events = run()
        assert types(events) == [
            'platform.initStart',
            'platform.initRuntimeDone',
            'platform.initReport',
            'platform.start',
            '',
            'platform.runtimeDone',
            'platform.report',
        ]
        assert all(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', e['time']) for e in events if 'time' in e)
        start, app, report = events[3]['record'], events[4], events[-1]['record']
        assert list(start) == list(START)
        assert (start['requestId'], start['version']) == (REQUEST_ID, '$LATEST')
        assert list(app) == list(APP)
        assert app['message'] == 'hello'
        assert list(report) == list(REPORT)
        assert list(report['metrics']) == list(REPORT['metrics'])
        assert report['status'] == 'success'
        assert report['metrics']['billedDurationMs'] == result.billed_ms
        assert result.log.decode().splitlines()[0] == json.dumps(events[3], separators=(',', ':'))
        _, warm = run()
        assert types(warm) == ['platform.start', '', 'platform.runtimeDone', 'platform.report']
        assert list(warm[-1]['record']['metrics']) == list(REPORT['metrics'])[:-1]
        done = warm[2]['record']
        assert (done['status'], done['metrics']['producedBytes']) == ('success', len(b'{"ok": true}'))

    @pytest.mark.fidelity(
        'JSON log: SystemLogLevel',
        aws='INFO: initStart, start and report; WARN: only what failed; DEBUG: also runtimeDone and the init events',
        ours='as AWS',
        source='D monitoring-cloudwatchlogs-log-level, System log level event mapping',
        kind='documented',
    )
    def test_the_system_level(self, run):
        assert types(run(system='INFO')[1]) == ['platform.initStart', 'platform.start', '', 'platform.report']
        assert types(run(system='WARN')[1]) == ['']
        failed = types(run('raise', system='WARN')[1])
        assert failed == ['', 'platform.runtimeDone', 'platform.report']

    @pytest.mark.fidelity(
        'JSON log: failed invokes',
        aws='status and errorType in runtimeDone and report; Runtime.Unknown for an error that is not its own',
        ours='as AWS',
        source='D telemetry-schema-reference',
        kind='assumed',
    )
    @pytest.mark.parametrize(
        ('event', 'end'),
        [
            ('raise', {'status': 'error', 'errorType': 'Runtime.Unknown'}),
            ('exit', {'status': 'error', 'errorType': 'Runtime.ExitError'}),
            ('hang', {'status': 'timeout'}),
        ],
    )
    def test_an_invoke_that_fails(self, run, event, end):
        _, events = run(event, timeout=1.0 if event == 'hang' else 60.0)
        done, report = events[-2]['record'], events[-1]['record']
        for record in (done, report):
            assert {key: record[key] for key in ('status', 'errorType') if key in record} == end
        assert done['metrics']['producedBytes'] == 0
        assert not [event for event in events if isinstance(event, str)]  # no line of the text format

    def test_an_init_that_fails_is_reported_for_both_times(self, run):
        _, events = run(code='import nope', system='INFO')
        found = [event['record'] for event in events if event.get('type') == 'platform.initReport']
        assert [(record['phase'], record['status'], record['errorType']) for record in found] == [
            ('init', 'error', 'Runtime.ImportModuleError'),
            ('invoke', 'error', 'Runtime.ImportModuleError'),
        ]

    @pytest.mark.fidelity(
        'JSON log: an uncaught exception',
        aws='one line with `log_level` ERROR, errorMessage, errorType, requestId, stackTrace',
        ours='the same line with `level`: the runtime client is a later version than the recorded one',
        source='S log_lines_json',
        kind='recorded',
    )
    def test_an_uncaught_exception(self, run):
        recorded = ['timestamp', 'log_level', 'errorMessage', 'errorType', 'requestId', 'stackTrace']
        [line] = [event for event in run('raise')[1] if 'errorMessage' in event]
        assert [key.replace('log_level', 'level') for key in recorded] == list(line)
        assert line['stackTrace'][0].startswith('  File "/var/task/app.py", line ')

    @pytest.mark.fidelity(
        'JSON log: ApplicationLogLevel',
        aws='drops what logging emits below it; printed JSON with a timestamp counts by its level, all else as INFO',
        ours='as AWS',
        source='D monitoring-cloudwatchlogs-log-level',
        kind='documented',
    )
    @pytest.mark.parametrize(
        ('level', 'left'),
        [
            ('TRACE', ['debug', 'info', 'warning', 'error', 'critical', 'printed\n', 'own', 'own']),
            ('INFO', ['info', 'warning', 'error', 'critical', 'printed\n', 'own']),
            ('WARN', ['warning', 'error', 'critical', 'own']),
            ('FATAL', ['critical']),
        ],
    )
    def test_the_application_level_holds_whatever_the_logger_says(self, run, level, left):
        result, events = run('levels', application=level, system='WARN')
        assert [event if isinstance(event, str) else event['message'] for event in events] == left
        assert len(result.log.splitlines()) == len(left)

    @pytest.mark.fidelity(
        'JSON log: application lines',
        aws='extra keys at the top, exceptions as stackTrace, errorType, errorMessage, location; print() stays raw',
        ours='as AWS',
        source='R JsonFormatter',
        kind='documented',
    )
    def test_extras_exceptions_and_prints(self, run):
        _, events = run('extra', system='WARN')
        said, failed, *printed = events
        assert (said['message'], said['order']) == ('two\nlines', 7)
        assert failed['errorType'] == 'ZeroDivisionError'
        assert failed['location'].startswith('/var/task/app.py:handler:')
        assert printed == ['one\n', 'two\n']
