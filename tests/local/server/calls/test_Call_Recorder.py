import json
import threading

import pytest

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.calls.Call_Recorder import Call_Recorder
from osbot_lambda.local.server.calls.Function_Token import Function_Token
from osbot_lambda.local.server.Http_Request import Http_Request

ACCOUNT, REGION = '111122223333', 'eu-west-1'


@pytest.fixture
def recorder():
    return Call_Recorder()


def context(account=ACCOUNT):
    return Api_Context(account, REGION, 'http://127.0.0.1:1', 'id', account)


def get_object(key, function='fn', bucket='data', method='GET'):
    token = {'x-amz-security-token': Function_Token.of(REGION, function)} if function else {}
    return Http_Request(method, f'/{bucket}/{key}', '', token, b'')


class test_Call_Recorder:
    def test_calls_are_counted_for_each_function_and_account(self, recorder):
        for request in (get_object('a'), get_object('a'), get_object('b'), get_object('a', 'other')):
            recorder.record('s3', request, context())
        recorder.record('s3', get_object('a'), context('9' * 12))
        assert recorder.calls(ACCOUNT, REGION, 'fn') == [
            {'service': 's3', 'operation': 'GetObject', 'resource': 'arn:aws:s3:::data/a', 'count': 2},
            {'service': 's3', 'operation': 'GetObject', 'resource': 'arn:aws:s3:::data/b', 'count': 1},
        ]
        assert [call['count'] for call in recorder.calls(ACCOUNT, REGION, 'other')] == [1]
        assert [call['count'] for call in recorder.calls('9' * 12, REGION, 'fn')] == [1]
        assert recorder.calls(ACCOUNT, 'us-east-1', 'fn') == []

    def test_what_no_function_asks_is_not_kept(self, recorder):
        recorder.record('s3', get_object('a', ''), context())
        assert not recorder._functions

    def test_of_very_many_objects_the_bucket_is_kept(self, recorder):
        for number in range(3 * recorder.MOST_CALLS):
            recorder.record('s3', get_object(f'k{number}'), context())
        calls = recorder.calls(ACCOUNT, REGION, 'fn')
        assert len(calls) == recorder.MOST_CALLS + 1
        assert (calls[-1]['resource'], calls[-1]['count']) == ('arn:aws:s3:::data/*', 2 * recorder.MOST_CALLS)

    def test_of_very_many_queues_any(self, recorder):
        for number in range(2 * recorder.MOST_CALLS):
            body = json.dumps({'QueueUrl': f'http://127.0.0.1:1/{ACCOUNT}/q{number}'}).encode()
            token = Function_Token.of(REGION, 'fn')
            headers = {'x-amz-target': 'AmazonSQS.SendMessage', 'x-amz-security-token': token}
            recorder.record('sqs', Http_Request('POST', '/', '', headers, body), context())
        calls = recorder.calls(ACCOUNT, REGION, 'fn')
        assert (len(calls), calls[-1]['resource']) == (recorder.MOST_CALLS + 1, '*')

    def test_it_does_not_grow_without_end(self, recorder, monkeypatch):
        for number in range(5 * recorder.MOST_CALLS):
            recorder.record('s3', get_object('k', bucket=f'b{number}', method='GET'), context())
        assert len(recorder.calls(ACCOUNT, REGION, 'fn')) == 2 * recorder.MOST_CALLS
        monkeypatch.setattr(recorder, 'MOST_FUNCTIONS', 3)
        for name in ('fn2', 'fn3', 'fn', 'fn4'):
            recorder.record('s3', get_object('k', name), context())
        assert [key[2] for key in recorder._functions] == ['fn3', 'fn', 'fn4']

    def test_an_operation_that_has_no_name_is_kept_by_its_path(self, recorder):
        recorder.record('lambda', get_object('x', bucket='no'), context())
        assert recorder.calls(ACCOUNT, REGION, 'fn')[0]['operation'] == 'GET /no/x'

    def test_reset_forgets_one_account_or_all(self, recorder):
        for account in (ACCOUNT, '9' * 12, '8' * 12):
            recorder.record('s3', get_object('a'), context(account))
        recorder.reset(ACCOUNT)
        assert (recorder.calls(ACCOUNT, REGION, 'fn'), len(recorder._functions)) == ([], 2)
        recorder.reset()
        assert not recorder._functions

    def test_many_threads_lose_no_count(self, recorder):
        def work():
            for _ in range(200):
                recorder.record('s3', get_object('a'), context())

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert recorder.calls(ACCOUNT, REGION, 'fn')[0]['count'] == 1600

    def test_a_request_that_can_not_be_read_is_answered_all_the_same(self, recorder, monkeypatch, caplog):
        monkeypatch.setattr(recorder._reader, 'read', lambda *_: 1 / 0)
        recorder.record('s3', get_object('a'), context())
        assert 'could not be recorded' in caplog.text
        assert recorder.calls(ACCOUNT, REGION, 'fn') == []
