import threading

import pytest

from osbot_lambda.aws.logs.Log_Tail import LATE, Log_Tail
from osbot_lambda.aws.logs.Logs import Logs
from osbot_lambda.errors import Aws__Not_Found


class Source:
    """A log group whose looks are given: each is a list of (event id, time), or an error."""

    def __init__(self, *looks):
        self.looks, self.asked = list(looks), []

    def read(self, start_time):
        self.asked.append(start_time)
        look = self.looks.pop(0) if self.looks else []
        if isinstance(look, Exception):
            raise look
        return iter(
            [
                {'eventId': event_id, 'timestamp': at, 'message': event_id}
                for event_id, at in look
                if start_time is None or at >= start_time
            ]
        )


def _ids(tail: Log_Tail, count: int) -> list[str]:
    return [next(tail)['eventId'] for _ in range(count)]


class test_Log_Tail:
    def test_gives_what_is_there_and_then_what_comes_each_once(self):
        source = Source([('a', 1), ('b', 2)], [('a', 1), ('b', 2)], [('b', 2), ('c', 3)])
        assert _ids(Log_Tail(source.read), 3) == ['a', 'b', 'c']

    def test_a_look_is_in_time_order(self):
        assert _ids(Log_Tail(Source([('late', 5), ('early', 1)]).read), 2) == ['early', 'late']

    def test_each_look_reads_what_is_new_and_a_small_overlap(self):
        source = Source([('a', 1), ('b', 90_000)], [('c', 95_000)])
        assert _ids(Log_Tail(source.read), 3) == ['a', 'b', 'c']
        assert source.asked == [None, 90_000 - LATE]

    def test_the_overlap_never_begins_before_the_start(self):
        source = Source([('a', 50)], [('b', 51)])
        assert _ids(Log_Tail(source.read, start_time=50), 2) == ['a', 'b']
        assert source.asked == [50, 50]

    def test_what_comes_late_with_an_earlier_time_is_given_too(self):
        source = Source([('b', 90_000)], [('b', 90_000), ('a', 89_000)])
        assert _ids(Log_Tail(source.read), 2) == ['b', 'a']

    def test_ends_when_the_timeout_is_over_after_one_look_at_least(self):
        source = Source([('a', 1)])
        assert [event['eventId'] for event in Log_Tail(source.read, timeout=0)] == ['a']
        assert len(source.asked) == 2

    def test_ends_when_it_is_stopped_also_while_it_waits(self):
        waits = threading.Event()
        tail = Log_Tail(Source().read, longest_pause=60)
        rest = tail._rest

        def said():
            waits.set()
            tail._pause = 60
            rest()

        tail._rest = said
        thread = threading.Thread(target=lambda: waits.wait() and tail.stop())
        thread.start()
        assert list(tail) == []
        thread.join()

    def test_what_was_read_is_given_also_after_a_stop(self):
        with Log_Tail(Source([('a', 1), ('b', 2)]).read) as tail:
            assert next(tail)['eventId'] == 'a'
        assert [event['eventId'] for event in tail] == ['b']

    def test_a_group_that_is_not_there_raises_at_once_or_is_waited_for(self):
        missing = Aws__Not_Found('no such group')
        with pytest.raises(Aws__Not_Found):
            next(Log_Tail(Source(missing).read, timeout=60))
        assert _ids(Log_Tail(Source(missing, missing, [('a', 1)]).read, wait_for_group=True), 1) == ['a']

    def test_follows_a_group_of_the_local_cloud(self, session_kwargs):
        logs = Logs('g', 's', session_kwargs).create()
        logs.event_add('one')
        seen = []
        with logs.tail(timeout=30) as tail:
            for event in tail:
                seen.append(event['message'])
                if len(seen) == 3:
                    break
                logs.event_add(('two', 'three')[len(seen) - 1])
        assert seen == ['one', 'two', 'three']
