import time

import pytest

from osbot_lambda.runtime.Log_Collector import Log_Collector
from osbot_lambda.runtime.Path_Mask import Path_Mask


def frame(message, kind=b'\xa5\x5a\x00\x03', timestamp=None):
    timestamp = int(time.time_ns() / 1000) if timestamp is None else timestamp
    return kind + len(message).to_bytes(4, 'big') + timestamp.to_bytes(8, 'big') + message


@pytest.fixture
def written():
    return []


@pytest.fixture
def log(written, tmp_path):
    return Log_Collector(lambda events: written.extend(message for _, message in events), Path_Mask([(tmp_path, '/x')]))


class test_Log_Collector:
    def test_text_and_frames_are_told_apart_wherever_the_pipe_is_cut(self, written, tmp_path):
        data = b'one\ntwo' + frame(b'three\nand four') + frame(b'') + frame('fünf\n'.encode()) + b'six\n\nseven'
        for cut in range(len(data)):
            written.clear()
            log = Log_Collector(
                lambda events: written.extend(message for _, message in events), Path_Mask([(tmp_path, '')])
            )
            log.feed(data[:cut])
            log.feed(data[cut:])
            log.finish(process_ended=True)
            joined = ''.join(written)
            assert joined == 'one\ntwothree\nand fourfünf\nsix\n\nseven'
            if not 3 < cut <= 7:
                assert written == ['one\n', 'two', 'three\nand four', 'fünf\n', 'six\n', '\n', 'seven']

    @pytest.mark.parametrize(
        'kind', [bytes([0xA5, 0x5A, 0, low]) for low in (2, 3, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27)], ids=bytes.hex
    )
    def test_every_type_of_frame_is_known(self, log, written, kind):
        log.feed(frame(b'a\nb', kind))
        log.finish(process_ended=False)
        assert written == ['a\nb']

    def test_a_clock_that_the_handler_has_turned_is_no_obstacle(self, log, written):
        log.feed(frame(b'in 1970', timestamp=0) + frame(b'in 2999', timestamp=32_472_144_000_000_000))
        log.finish(process_ended=False)
        assert written == ['in 1970', 'in 2999']

    @pytest.mark.parametrize(
        'data',
        [
            b'\xa5\x5a\x00\x04' + b'\0' * 12,
            b'\xa5\x5a\x00\x03\xff' + b'\0' * 11,
            b'\xa5\x5a\x00\x03' + b'\0' * 4 + b'\xff' * 8,
        ],
        ids=['type', 'length', 'timestamp'],
    )
    def test_what_only_looks_like_a_frame_is_text(self, log, written, data):
        log.feed(b'a ' + data + b' b\n' + frame(b'frame'))
        log.finish(process_ended=False)
        assert written == [(b'a ' + data + b' b\n').decode(errors='replace'), 'frame']

    def test_the_begin_of_a_frame_waits_for_the_rest_unless_the_process_has_ended(self, log, written):
        whole = frame(b'whole')
        log.feed(whole[:10])
        log.finish(process_ended=False)
        log.platform('END\n')
        log.finish(process_ended=False)
        log.feed(whole[10:] + whole[:18])
        log.finish(process_ended=True)
        assert written == ['END\n', 'whole', 'wh']

    def test_a_line_is_completed_by_the_next_read_and_ended_by_the_platform(self, log, written):
        log.feed(b'ab')
        log.feed(b'c\nde')
        log.platform('END\n')
        log.flush()
        assert written == ['abc\n', 'de', 'END\n']

    def test_a_large_frame_is_cut_between_letters(self, log, written):
        message = ('x' + 'é' * 400_000).encode()
        data = frame(message) + b'next\n'
        for begin in range(0, len(data), 65_536):
            log.feed(data[begin : begin + 65_536])
        log.finish(process_ended=False)
        assert ''.join(written[:-1]).encode() == message
        assert written[-1] == 'next\n'
        assert max(len(part.encode()) for part in written) <= log.MAX_EVENT

    def test_much_is_written_early(self, log, written):
        for _ in range(3):
            log.feed(b'x' * 1000 + b'\n')
        assert written == []
        for _ in range(log.MAX_HELD // 1000):
            log.feed(b'x' * 1000 + b'\n')
        assert len(written) > 1000

    def test_the_text_of_an_invoke_has_an_end_of_line_after_every_event(self, log):
        log.feed(b'before\n')
        log.begin()
        log.feed(frame(b'error') + b'text')
        log.platform('END\n')
        assert log.kept() == b'error\ntext\nEND\n'

    def test_of_a_long_text_the_end_is_kept(self, log):
        log.feed(b'a' * 1000 + b'\n' + b'b' * (log.MAX_KEPT - 100) + b'\n')
        log.platform('END\n')
        assert log.kept() == b'a' * 94 + b'\n' + b'b' * (log.MAX_KEPT - 100) + b'\nEND\n'

    def test_the_paths_of_this_machine_are_masked(self, log, written, tmp_path):
        log.feed(f'{tmp_path}/app.py\n'.encode() + frame(f'in {tmp_path}'.encode()))
        log.flush()
        assert written == ['/x/app.py\n', 'in /x']
