import threading

import pytest

from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.errors import Aws__Not_Found, Wait__Timeout

NOW = 1_700_000_000_000


@pytest.fixture(autouse=True)
def _recent(monkeypatch):
    """moto drops events that are too old: the tests' times are near the clock's."""
    import time

    monkeypatch.setitem(globals(), 'NOW', int(time.time() * 1000) - 60_000)


def _write(group: Log_Group, stream: str, *events: tuple[int, str]) -> None:
    if stream not in group.streams():
        group.call('create_log_stream', logGroupName=group.name, logStreamName=stream)
    group.call(
        'put_log_events',
        logGroupName=group.name,
        logStreamName=stream,
        logEvents=[{'timestamp': NOW + when, 'message': text} for when, text in events],
    )


@pytest.mark.usefixtures('mocked')
class test_Log_Group:
    def test_comes_and_goes(self):
        group = Log_Group('/aws/lambda/f')
        Log_Group('/aws/lambda/f-longer').create()
        assert not group.exists()
        assert group.create().create().exists()
        assert group.delete() is True
        assert group.delete() is False
        assert not group.exists()

    def test_events_of_all_streams_are_in_time_order(self):
        group = Log_Group('g').create()
        _write(group, 's2', (2, 'b'), (4, 'd'))
        _write(group, 's1', (1, 'a'), (3, 'c'))
        assert group.streams() == ['s1', 's2']
        assert group.messages() == ['a', 'b', 'c', 'd']
        assert group.messages(start_time=NOW + 3) == ['c', 'd']
        assert [event['logStreamName'] for event in group.events()] == ['s1', 's2', 's1', 's2']

    def test_messages_can_be_filtered(self):
        group = Log_Group('g').create()
        _write(group, 's', (1, 'an ERROR here'), (2, 'all is well'))
        assert group.messages('ERROR') == ['an ERROR here']

    def test_events_of_a_group_that_is_not_there_raise(self):
        with pytest.raises(Aws__Not_Found, match=r'logs.FilterLogEvents of g: ResourceNotFoundException'):
            Log_Group('g').messages()

    def test_a_message_that_is_there_is_not_waited_for(self):
        group = Log_Group('g').create()
        _write(group, 's', (1, 'order ORD-1 done'))
        assert group.wait_for_message('ORD-1', timeout=0) == 'order ORD-1 done'

    def test_a_message_is_waited_for_also_before_the_group_is_there(self, monkeypatch):
        group, looked = Log_Group('g'), threading.Event()
        messages = Log_Group.messages

        def look(self, *args, **kwargs):
            try:
                return messages(self, *args, **kwargs)
            finally:
                looked.set()

        monkeypatch.setattr(Log_Group, 'messages', look)

        def write_later():
            looked.wait()
            _write(Log_Group('g', group.session).create(), 's', (1, 'late'))

        thread = threading.Thread(target=write_later)
        thread.start()
        try:
            assert group.wait_for_message('late', timeout=20) == 'late'
        finally:
            thread.join()

    def test_a_message_that_does_not_come_is_a_timeout(self):
        group = Log_Group('g').create()
        with pytest.raises(Wait__Timeout, match="log group g was not holding 'x' after 0 s") as raised:
            group.wait_for_message('x', timeout=0)
        assert isinstance(raised.value, TimeoutError)
