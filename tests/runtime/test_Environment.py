import re

import pytest

from osbot_lambda.runtime.Log_Collector import Log_Collector

ECHO = 'def handler(event, context): return event'
REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'
REPORT = (
    rf'REPORT RequestId: {REQUEST_ID}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t'
    r'Memory Size: 256 MB\tMax Memory Used: \d+ MB\t'
)


class test_Environment__log:
    @pytest.mark.fidelity(
        'INIT_START, START, END, REPORT',
        aws='in that order; Init Duration in the REPORT of a cold invoke alone; LogResult from START on',
        ours='as AWS; that LogResult lacks INIT_START and what the init printed is assumed',
        source='S invocation_with_logs',
        kind='recorded',
    )
    def test_a_cold_and_a_warm_invoke(self, lab):
        spec = lab.spec('print("loading")\ndef handler(event, context): print("hello")', version='12')
        cold = lab.run(spec, request_id=REQUEST_ID)
        messages = list(lab.messages(cold))
        assert re.fullmatch(
            r'INIT_START Runtime Version: python:3\.\d+\.v\d+\t'
            r'Runtime Version ARN: arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}\n',
            messages[0],
        )
        start, end = f'START RequestId: {REQUEST_ID} Version: 12\n', f'END RequestId: {REQUEST_ID}\n'
        assert messages[1:-1] == ['loading\n', start, 'hello\n', end]
        assert re.fullmatch(REPORT + r'Init Duration: \d+\.\d\d ms\t\n', messages[-1])
        assert cold.log.decode() == ''.join(messages[2:])
        warm = lab.run(spec, request_id=REQUEST_ID)
        assert re.fullmatch(re.escape(f'{start}hello\n{end}') + REPORT + '\n', warm.log.decode())
        assert ''.join(lab.messages(warm)) == ''.join(messages) + warm.log.decode()

    @pytest.mark.fidelity(
        'Names of log streams',
        aws='YYYY/MM/DD/[version]<32 hex>; in a custom log group the function’s name before [version]',
        ours='as AWS',
        source='K',
        kind='assumed',
    )
    def test_the_stream_and_its_place(self, lab):
        spec = lab.spec(ECHO, version='3', log_group='/custom/group')
        result = lab.run(spec)
        assert re.fullmatch(rf'\d{{4}}/\d\d/\d\d/{spec.name}\[3\][0-9a-f]{{32}}', result.log_stream)
        assert ('111122223333', 'eu-west-1', '/custom/group') in lab.sink.targets
        times = lab.sink.times[result.log_stream]
        assert times == sorted(times)
        assert times[0] > 1_600_000_000_000
        assert re.fullmatch(r'\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}', lab.run(lab.spec(ECHO)).log_stream)

    @pytest.mark.fidelity(
        'Lines of a function',
        aws='a log event a line of print; one an entry of logging; root level WARNING; all in the order of writing',
        ours='as AWS',
        source='S multi_line_prints, R bootstrap',
        kind='documented',
    )
    def test_print_logging_and_standard_error_keep_their_order(self, lab):
        code = """
            import logging, os, sys
            def handler(event, context):
                print('one')
                logging.warning('two\\nlines')
                print('three', file=sys.stderr)
                logging.error('four')
                os.system('echo five')
                context.log('six\\nas one event')
                print('seven', end='')
                logging.info('dropped')
        """
        result = lab.run(lab.spec(code), request_id=REQUEST_ID)
        lines = [
            re.sub(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', 'TIME', message) for message in lab.messages(result)[2:-2]
        ]
        assert lines == [
            'one\n',
            f'[WARNING]\tTIME\t{REQUEST_ID}\ttwo\nlines\n',
            'three\n',
            f'[ERROR]\tTIME\t{REQUEST_ID}\tfour\n',
            'five\n',
            'six\nas one event',
            'seven',
        ]
        assert 'six\nas one event\nseven\nEND ' in result.log.decode()

    @pytest.mark.fidelity(
        'Log of an exception',
        aws='one event, [ERROR], its trace indented with U+00A0',
        ours='as AWS',
        source='S multi_line_prints, R bootstrap',
        kind='documented',
    )
    def test_an_exception_is_one_event_with_lambdas_paths(self, lab):
        result = lab.run(lab.spec('def handler(event, context):\n    raise ValueError("boom")'))
        assert lab.messages(result)[2] == (
            '[ERROR] ValueError: boom\nTraceback (most recent call last):\n'
            '\u00a0\u00a0File "/var/task/app.py", line 2, in handler\n'
            '\u00a0\u00a0\u00a0\u00a0raise ValueError("boom")'
        )
        assert 'Status' not in lab.messages(result)[-1]

    @pytest.mark.fidelity(
        'INIT_REPORT',
        aws='only for an init that failed: Phase init, and Phase invoke for its second run',
        ours='as AWS',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_an_init_that_fails_is_reported_for_both_times(self, lab):
        result = lab.run(lab.spec('print("loading")\nimport nope'))
        text = ''.join(lab.messages(result))
        first, second = re.findall(r'INIT_REPORT Init Duration: \d+\.\d\d ms\t(.*)\n', text)
        assert first == 'Phase: init\tStatus: error\tError Type: Runtime.ImportModuleError'
        assert second == 'Phase: invoke\tStatus: error\tError Type: Runtime.ImportModuleError'
        assert text.count('loading\n') == 2
        assert text.count("[ERROR] Runtime.ImportModuleError: Unable to import module 'app'") == 2
        assert text.endswith('\tStatus: error\tError Type: Runtime.ImportModuleError\n')
        assert "[ERROR] Runtime.ImportModuleError: Unable to import module 'app'" in result.log.decode()

    def test_what_is_written_before_the_end_of_the_worker_is_there(self, lab):
        result = lab.run(lab.spec('import os\ndef handler(event, context): os.write(1, b"last words"); os._exit(1)'))
        assert lab.messages(result)[2] == 'last words'

    def test_what_is_written_before_a_timeout_is_there(self, lab):
        code = 'import signal\ndef handler(event, context): print("waiting"); signal.pause()'
        assert 'waiting\n' in lab.messages(lab.run(lab.spec(code, timeout=1.0)))

    def test_ten_megabytes_reach_the_sink_and_the_end_of_them_the_result(self, lab):
        code = 'def handler(event, context):\n    for i in range(10_000): print(f"{i:06}" + "x" * 1_000)'
        writes = lab.sink.writes
        result = lab.run(lab.spec(code))
        lines = lab.messages(result)[2:-2]
        assert [int(line[:6]) for line in lines] == list(range(10_000))
        assert {len(line) for line in lines} == {1007}
        assert lab.sink.writes - writes >= 10
        assert len(result.log) <= Log_Collector.MAX_KEPT
        assert result.log.splitlines()[-3].startswith(b'009999')
        assert result.log.splitlines()[-1].startswith(b'REPORT ')

    def test_a_line_without_an_end_is_cut_where_cloudwatch_would(self, lab):
        result = lab.run(lab.spec('import os\ndef handler(event, context):\n    os.write(1, "é".encode() * 400_000)'))
        parts = lab.messages(result)[2:-2]
        assert ''.join(parts) == 'é' * 400_000
        assert max(len(part.encode()) for part in parts) <= Log_Collector.MAX_EVENT
        assert len(parts) == 4

    def test_a_thread_that_goes_on_printing_does_not_hold_up_the_answer(self, lab):
        code = """
            import os, threading
            def noise():
                while True: os.write(1, b'noise\\n')
            def handler(event, context):
                if event: threading.Thread(target=noise, daemon=True).start()
                return 'answered'
        """
        spec = lab.spec(code)
        assert [lab.value(spec, True), lab.value(spec), lab.value(spec)] == ['answered'] * 3
        lab.invoker.retire(spec.arn)

    def test_a_worker_that_closes_its_outputs_goes_on(self, lab):
        code = """
            import logging, os
            os.close(1), os.close(2), logging.getLogger().handlers[0].log_sink.file.close()
            def handler(event, context): return 'still here'
        """
        spec = lab.spec(code)
        assert [lab.value(spec), lab.value(spec)] == ['still here'] * 2
        assert lab.invoker.stats()['busy'] == 0

    def test_bytes_that_are_no_text_do_no_harm(self, lab):
        code = """
            import os
            def handler(event, context):
                os.write(1, bytes(range(256)) + b'\\n' + b'\\xa5\\x5a\\x00\\x03 not a frame, at all\\n')
        """
        messages = lab.messages(lab.run(lab.spec(code)))[2:-2]
        assert ''.join(messages).endswith(' not a frame, at all\n')
