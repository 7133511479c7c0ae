import time

import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.logs.Logs import EVENT_BYTES, MOST_BYTES, Logs
from osbot_lambda.errors import Aws__Invalid, Aws__Not_Found, Wait__Timeout


@pytest.fixture
def logs():
    return Logs('g', 's').create()


@pytest.mark.usefixtures('anywhere')
class test_Logs:
    def test_group_and_stream_come_and_go(self):
        logs = Logs('g', 's')
        assert (logs.group_exists(), logs.stream_exists(), logs.stream_delete()) == (False, False, False)
        assert (logs.group_create(), logs.group_create()) == (True, False)
        assert (logs.stream_create(), logs.stream_create()) == (True, False)
        assert logs.create() is logs
        assert (logs.group_exists(), logs.stream_exists()) == (True, True)
        assert logs.stream_info()['logStreamName'] == 's'
        assert logs.group_info()['logGroupName'] == 'g'
        assert (logs.stream_delete(), logs.stream_delete(), logs.stream_exists()) == (True, False, False)
        assert (logs.group_delete(), logs.group_delete()) == (True, False)

    def test_a_stream_is_told_from_those_with_longer_names(self, logs):
        Logs('g', 's-longer').create()
        logs.stream_delete()
        assert not logs.stream_exists()

    def test_it_is_about_the_stream_and_the_group_methods_about_all(self, logs):
        now = int(time.time() * 1000) - 1000
        other = Logs('g', 'other').create()
        logs.event_add('mine', now)
        other.event_add('theirs', now + 1)
        assert logs.messages() == ['mine']
        assert logs.group_messages() == logs.group().messages() == ['mine', 'theirs']
        assert logs.group_messages('other') == ['theirs']
        assert logs.group_events(filter_pattern='mine')[0]['logStreamName'] == 's'
        assert Logs('g').messages() == ['mine', 'theirs']
        assert logs.wait_for_message('mine', timeout=0) == 'mine'
        with pytest.raises(Wait__Timeout):
            logs.wait_for_message('theirs', timeout=0)

    def test_events_are_written_in_the_order_of_their_times(self, logs):
        now = int(time.time() * 1000)
        events = ['last', {'message': 'first', 'timestamp': now - 9000}, {'message': 'second', 'timestamp': now - 8000}]
        assert logs.events_add(events).messages() == ['first', 'second', 'last']

    def test_a_pattern_of_the_group_is_waited_for(self, logs):
        logs.event_add('an ERROR here')
        assert logs.group_messages_wait_for_pattern(filter_pattern='ERROR', timeout=0) == ['an ERROR here']
        assert logs.group_events_wait_for_pattern('s', 'ERROR')[0]['logStreamName'] == 's'
        assert logs.group_wait_until_exists(timeout=0) is True

    def test_the_group_has_to_be_there(self):
        logs = Logs('g', 's')
        for method, args in (('stream_create', ()), ('event_add', ('x',)), ('group_messages', ())):
            with pytest.raises(Aws__Not_Found):
                getattr(logs, method)(*args)

    @pytest.mark.parametrize('method', ['stream_create', 'stream_delete', 'stream_exists', 'stream_info'])
    def test_what_is_about_a_stream_needs_its_name(self, method):
        with pytest.raises(Aws__Invalid, match=r'Logs\(group_name, stream_name\) names it'):
            getattr(Logs('g'), method)()

    def test_create_without_a_stream_makes_the_group(self):
        assert Logs('g').create().streams() == []

    def test_many_events_are_cut_where_cloudwatch_would_refuse_them(self, logs):
        large = 'x' * (MOST_BYTES // 2 - EVENT_BYTES)
        day = 24 * 3600 * 1000
        events = [{'message': large, 'timestamp': at} for at in (1, 2, 3)] + [{'message': 'x', 'timestamp': 3 + day}]
        with Stubber(logs.client()) as stub:
            for chunk in (events[:2], events[2:3], events[3:]):
                asked = {'logGroupName': 'g', 'logStreamName': 's', 'logEvents': chunk}
                stub.add_response('put_log_events', {'nextSequenceToken': 't'}, asked)
            logs.events_add(events)
            stub.assert_no_pending_responses()

    def test_events_that_cloudwatch_drops_are_said(self, logs):
        with Stubber(logs.client()) as stub:
            stub.add_response('put_log_events', {'rejectedLogEventsInfo': {'tooOldLogEventEndIndex': 1}})
            with pytest.raises(Aws__Invalid, match=r'dropped events of stream s: .*tooOldLogEventEndIndex'):
                logs.event_add('x', 1)

    def test_it_is_a_log_group(self, logs):
        assert isinstance(logs, Log_Group)
        assert logs.group().session is logs.session
