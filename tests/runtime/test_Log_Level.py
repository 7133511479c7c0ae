import pytest

from osbot_lambda.runtime.Log_Level import Log_Level


class test_Log_Level:
    @pytest.mark.parametrize(
        ('line', 'level'),
        [
            (b'hello\n', 'INFO'),
            (b'{"level": "debug", "timestamp": "2024-11-02T16:51:31.587Z"}\n', 'DEBUG'),
            (b'{"level": "WARNING", "timestamp": "2024-11-02T16:51:31.587Z"}', 'WARN'),
            (b'{"level": "critical", "timestamp": 1}', 'FATAL'),
            (b'{"level": "error"}', 'INFO'),
            (b'{"level": "loud", "timestamp": 1}', 'INFO'),
            (b'{"level": ["error"], "timestamp": 1}', 'INFO'),
            (b'{"timestamp": 1}', 'INFO'),
            (b'{"level": "error", ', 'INFO'),
            (b'{' + b'"a":{' * 100_000, 'INFO'),
        ],
        ids=['text', 'lower', 'python', 'fatal', 'no time', 'unknown', 'a list', 'no level', 'cut', 'deep'],
    )
    def test_what_a_line_says(self, line, level):
        assert Log_Level.of_line(line) is Log_Level[level]

    def test_what_a_frame_says(self):
        from awslambdaric.lambda_runtime_log_utils import _JSON_FRAME_TYPES, _TEXT_FRAME_TYPES

        for types in (_JSON_FRAME_TYPES, _TEXT_FRAME_TYPES):
            found = [Log_Level.of_frame(kind[3]).name for kind in types.values()]
            assert found == ['INFO', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']  # the first has none
