import pytest

from osbot_lambda.errors import Invoke__Failed
from osbot_lambda.schemas.Invoke_Result import Invoke_Result

LOGS = (
    'START RequestId: 11111111-2222-3333-4444-555555555555 Version: $LATEST\n'
    'REPORT RequestId: no report of the platform, but a line of the handler\tDuration: 9 ms\n'
    'END RequestId: 11111111-2222-3333-4444-555555555555\n'
    'REPORT RequestId: 11111111-2222-3333-4444-555555555555\tDuration: 2.90 ms\tBilled Duration: 113 ms\t'
    'Memory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t\n'
)


class test_Invoke_Result:
    def test_reads_the_report_line(self):
        result = Invoke_Result.of('f', None, 'r', logs=LOGS)
        assert (result.duration_ms, result.billed_ms, result.init_ms) == (2.9, 113, 110.1)
        assert (result.memory_size_mb, result.memory_used_mb) == (128, 36)

    def test_a_warm_report_has_no_init_time(self):
        result = Invoke_Result.of('f', None, 'r', logs=LOGS.replace('\tInit Duration: 110.10 ms', ''))
        assert (result.duration_ms, result.init_ms) == (2.9, None)

    def test_without_logs_the_times_are_unknown(self):
        result = Invoke_Result.of('f', 1, 'r')
        assert (result.duration_ms, result.billed_ms, result.memory_used_mb) == (None, None, None)

    def test_a_value_is_no_error_even_when_it_looks_like_one(self):
        value = {'errorMessage': 'x', 'errorType': 'y'}
        result = Invoke_Result.of('f', value, 'r')
        assert result.ok
        assert result.value == value
        assert result.error_type == ''
        assert result.raise_on_error() is result
        assert result.exception is None

    def test_an_error_is_taken_apart(self):
        payload = {'errorMessage': 'boom', 'errorType': 'ValueError', 'requestId': 'r', 'stackTrace': ['  File "x"\n']}
        result = Invoke_Result.of('f', payload, 'r', function_error='Unhandled')
        assert not result.ok
        assert (result.value, result.error_type, result.error_message) == (None, 'ValueError', 'boom')
        with pytest.raises(
            Invoke__Failed, match=r'function f: ValueError: boom \(request id r\)\n  File "x"'
        ) as raised:
            result.raise_on_error()
        assert raised.value.stack_trace == ('  File "x"\n',)
        assert str(result.exception) == str(raised.value)

    @pytest.mark.parametrize('payload', [None, 'text', {}], ids=['nothing', 'text', 'empty'])
    def test_an_error_without_the_usual_payload_is_one_still(self, payload):
        result = Invoke_Result.of('f', payload, 'r', function_error='Unhandled')
        assert not result.ok
        assert result.error_type == 'Unhandled'
