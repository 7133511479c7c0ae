import threading

import pytest
from botocore.stub import Stubber

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
        group.call('create_log_stream', logGroupName=group.group_name, logStreamName=stream)
    group.call(
        'put_log_events',
        logGroupName=group.group_name,
        logStreamName=stream,
        logEvents=[{'timestamp': NOW + when, 'message': text} for when, text in events],
    )


@pytest.mark.usefixtures('anywhere')
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

    def test_a_message_is_waited_for_also_before_the_group_is_there(self):
        group, looked = _Watched('g'), threading.Event()
        group.__dict__['__looked__'] = looked

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

    def test_a_pattern_is_waited_for(self):
        group = Log_Group('g').create()
        _write(group, 's1', (1, 'all is well'), (2, 'an ERROR here'))
        _write(group, 's2', (3, 'an ERROR there'))
        assert group.wait_for_pattern('ERROR', timeout=0)['message'] == 'an ERROR here'
        assert group.wait_for_pattern('ERROR', timeout=0, log_stream_prefix='s2')['message'] == 'an ERROR there'
        with pytest.raises(Wait__Timeout, match="log group g was not holding what 'FATAL' finds after 0 s"):
            group.wait_for_pattern('FATAL', timeout=0)

    def test_a_group_that_does_not_come_is_a_timeout(self):
        with pytest.raises(Wait__Timeout, match='log group g was not there after 0 s'):
            Log_Group('g').wait_until_exists(timeout=0)
        assert Log_Group('g').create().wait_until_exists(timeout=0).exists()

    @pytest.mark.parametrize('method', ['events', 'messages', 'streams', 'streams_info', 'retention'])
    def test_a_group_that_is_not_there_is_said_at_once_by(self, method):
        with pytest.raises(Aws__Not_Found, match='of g: '):
            getattr(Log_Group('g'), method)()

    def test_events_can_be_narrowed(self):
        group = Log_Group('g').create()
        _write(group, 'a-1', (1, 'one'), (3, 'three'))
        _write(group, 'b-1', (2, 'two'))
        assert group.messages(log_stream_prefix='a') == ['one', 'three']
        assert group.messages(end_time=NOW + 2) == ['one', 'two']
        assert group.messages(limit=2) == ['one', 'two']
        assert [event['message'] for event in group.iterate_events(streams=['b-1'])] == ['two']
        assert group.streams('b') == ['b-1']
        assert group.streams_info(index_by='logStreamName')['a-1']['logStreamName'] == 'a-1'

    def test_hours_reach_back_from_now(self):
        group = Log_Group('g').create()
        _write(group, 's', (-7200_000, 'old'), (0, 'new'))
        assert group.messages(hours=1) == ['new']
        assert group.messages(hours=3) == ['old', 'new']

    def test_retention_is_days_or_for_ever(self):
        group = Log_Group('g').create()
        assert group.retention() is None
        assert group.set_retention(7).retention() == 7
        assert group.set_retention(None).retention() is None

    def test_groups_are_listed_and_one_is_told_from_those_with_longer_names(self):
        for name in ('/b/x', '/a', '/a-longer'):
            Log_Group(name).create()
        group = Log_Group('/a')
        assert (group.name(), group.info()['logGroupName']) == ('/a', '/a')
        assert group.groups_names() == ['/a', '/a-longer', '/b/x']
        assert group.groups_names('/a') == ['/a', '/a-longer']
        assert group.groups(index_by='logGroupName')['/b/x']['logGroupName'] == '/b/x'
        assert Log_Group('/b').info() == {}

    def test_the_root_logger_is_left_alone(self):
        import logging

        before = logging.getLogger().level, list(logging.getLogger().handlers)
        Log_Group('g').create().messages()
        assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before

    def test_events_are_read_to_the_last_page(self):
        group = Log_Group('g')
        asked = {'logGroupName': 'g', 'interleaved': True}
        with Stubber(group.client()) as stub:
            stub.add_response('filter_log_events', {'events': [_event('b', 2)], 'nextToken': 't'}, asked)
            stub.add_response('filter_log_events', {'events': [], 'nextToken': 'u'}, {**asked, 'nextToken': 't'})
            stub.add_response('filter_log_events', {'events': [_event('a', 1)]}, {**asked, 'nextToken': 'u'})
            assert group.messages() == ['a', 'b']


def _event(message: str, timestamp: int) -> dict:
    return {'message': message, 'timestamp': timestamp, 'logStreamName': 's', 'eventId': message}


class _Watched(Log_Group):
    """Says when it was looked at."""

    def iterate_events(self, *args, **kwargs):
        try:
            yield from super().iterate_events(*args, **kwargs)
        finally:
            self.__dict__['__looked__'].set()
