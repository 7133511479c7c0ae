import json

import pytest

from osbot_lambda.local.server.Accounts import Accounts
from osbot_lambda.local.server.Control_Api import Control_Api
from osbot_lambda.local.server.Gateway import Gateway
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response


class Parts:
    """A gateway between dummies that keep what they get."""

    def __init__(self):
        self.own, self.other, self.resets, self.recorded = [], [], [], []
        self.answer = Http_Response(200, (), b'own')
        control = Control_Api(
            lambda: {'pid': 7}, self.resets.append, {'abc': b'zip'}.get, {'u1': 'arn:fn'}.get, lambda *about: [about]
        )
        accounts = Accounts({'AKIAKNOWN': '444444444444'}.get)
        self.gateway = Gateway({'lambda': self._own}, self._other, control, accounts, 'eu-central-1', self._record)
        self.gateway.endpoint_url = 'http://127.0.0.1:1'

    def _record(self, service, request, context):
        self.recorded.append((service, request.path, context.account_id))

    def _own(self, request, context):
        self.own.append((request, context))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def _other(self, service, request, context, signed):
        self.other.append((service, request, context, signed))
        return Http_Response(200, (), b'other')

    def ask(self, method='POST', path='/', query='', body=b'', **headers):
        headers = {name.replace('_', '-'): value for name, value in headers.items()}
        headers.setdefault('host', '127.0.0.1:4566')
        return self.gateway.handle(Http_Request(method, path, query, headers, body), '127.0.0.1')


def signed(service, region='us-east-1', key='123456789012'):
    return f'AWS4-HMAC-SHA256 Credential={key}/20261120/{region}/{service}/aws4_request, Signature=1'


@pytest.fixture
def parts():
    return Parts()


class test_Gateway:
    def test_a_service_of_ours_gets_its_request_with_the_context(self, parts):
        assert parts.ask(authorization=signed('lambda', 'us-west-2'), x_amzn_trace_id='Root=1').body == b'own'
        _, context = parts.own[0]
        assert (context.account_id, context.region, context.trace_id) == ('123456789012', 'us-west-2', 'Root=1')
        assert (context.endpoint_url, context.access_key) == ('http://127.0.0.1:4566', '123456789012')
        assert len(context.request_id) == 36

    def test_every_other_service_goes_on(self, parts):
        assert parts.ask(authorization=signed('iam', key='AKIAKNOWN')).body == b'other'
        service, _, context, was_signed = parts.other[0]
        assert (service, context.account_id, was_signed) == ('iam', '444444444444', True)

    def test_a_call_is_recorded_with_its_bucket_and_a_control_request_is_not(self, parts):
        parts.ask('GET', '/key', authorization=signed('s3'), host='data.s3.localhost:4566')
        parts.ask('GET', '/_osbot_lambda/health')
        assert parts.recorded == [('s3', '/data/key', '123456789012')]

    def test_a_request_that_names_no_region_gets_the_clouds(self, parts):
        for region in ('aws-global', '', 'evil.example'):
            parts.ask(authorization=signed('lambda', region))
        parts.ask(path='/bucket/key')
        assert [context.region for _, context in parts.own] == ['eu-central-1'] * 3
        assert parts.other[0][0] == 's3'
        assert parts.other[0][2].region == 'eu-central-1'
        assert parts.other[0][3] is False

    @pytest.mark.parametrize(
        'host', ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1:80']
    )
    def test_a_host_that_is_not_loopback_is_refused(self, parts, host):
        response = parts.ask(host=host, authorization=signed('lambda'))
        assert response.status == 403
        assert json.loads(response.body)['__type'] == 'AccessDeniedException'
        assert host in json.loads(response.body)['message']
        assert parts.own == []

    @pytest.mark.parametrize('host', ['localhost', 'LOCALHOST:1', '127.9.9.9', '[::1]:80', 'x.lambda-url.localhost:1'])
    def test_a_loopback_host_is_let_in(self, parts, host):
        assert parts.ask(host=host, authorization=signed('lambda')).status == 200

    @pytest.mark.parametrize(
        ('host', 'path'),
        [
            ('my.bucket.localhost:4566', '/my.bucket/key'),
            ('bucket.s3.localhost', '/bucket/key'),
            ('bucket.s3.eu-west-1.localhost', '/bucket/key'),
            ('bucket.s3-eu-west-1.localhost', '/bucket/key'),
            ('s3.localhost', '/key'),
            ('s3.eu-west-1.localhost', '/key'),
            ('localhost', '/key'),
        ],
    )
    def test_a_bucket_in_the_host_name_comes_into_the_path(self, parts, host, path):
        parts.ask(path='/key', host=host, authorization=signed('s3'))
        assert parts.other[0][1].path == path

    def test_a_subdomain_is_no_endpoint_for_others(self, parts):
        parts.ask(host='x.lambda-url.localhost:1', authorization=signed('lambda'))
        assert parts.own[0][1].endpoint_url == 'http://127.0.0.1:1'

    def test_an_answer_has_a_request_id(self, parts):
        given = parts.ask(authorization=signed('lambda'))
        assert given.header('x-amzn-requestid') == parts.own[0][1].request_id
        parts.answer = Http_Response(200, (('x-amzn-RequestId', 'its own'),), b'')
        assert [value for name, value in parts.ask(authorization=signed('lambda')).headers] == ['its own']

    @pytest.mark.parametrize(
        ('service', 'content_type', 'starts'),
        [
            ('lambda', 'application/json', b'{"__type": "InternalFailure"'),
            ('lambda', 'application/x-www-form-urlencoded', b'<ErrorResponse><Error><Type>Receiver</Type>'),
        ],
    )
    def test_what_goes_wrong_is_an_answer_with_the_text(self, parts, caplog, service, content_type, starts):
        parts.answer = KeyError('oh <no>')
        response = parts.ask(authorization=signed(service), content_type=content_type)
        assert response.status == 500
        assert response.body.startswith(starts)
        assert b'oh ' in response.body
        assert b'oh <no>' not in response.body or content_type.endswith('json')
        assert 'Traceback' in caplog.text


class test_Control_Api:
    def test_health(self, parts):
        response = parts.ask('GET', '/_osbot_lambda/health')
        assert (response.status, json.loads(response.body)) == (200, {'status': 'ok', 'pid': 7})

    def test_reset_of_one_account_and_of_all(self, parts):
        parts.ask(path='/_osbot_lambda/reset', body=b'{"account_id": "123456789012"}')
        parts.ask(path='/_osbot_lambda/reset', body=b'{"account_id": null}')
        parts.ask(path='/_osbot_lambda/reset')
        assert parts.resets == ['123456789012', None, None]

    @pytest.mark.parametrize('body', [b'{', b'[]', b'{"account_id": "12"}', b'{"account_id": 123456789012}'])
    def test_reset_of_nonsense_is_refused(self, parts, body):
        assert parts.ask(path='/_osbot_lambda/reset', body=body).status == 400
        assert parts.resets == []

    def test_the_calls_of_a_function(self, parts):
        asked = {'account_id': '123456789012', 'region': 'eu-west-1', 'function_name': 'fn'}
        response = parts.ask(path='/_osbot_lambda/calls', body=json.dumps(asked).encode())
        assert (response.status, json.loads(response.body)) == (200, {'calls': [list(asked.values())]})

    @pytest.mark.parametrize('body', [b'', b'{', b'[]', b'7', b'{"account_id": "1", "region": "r"}'])
    def test_calls_of_nothing_are_refused(self, parts, body):
        assert parts.ask(path='/_osbot_lambda/calls', body=body).status == 400

    def test_code_is_a_zip(self, parts):
        response = parts.ask('GET', '/_osbot_lambda/code/abc')
        assert (response.header('content-type'), response.body) == ('application/zip', b'zip')

    def test_a_function_url_is_not_served_yet_and_says_whose_it_is(self, parts):
        for method, path in (('GET', '/_osbot_lambda/url/u1/'), ('POST', '/_osbot_lambda/url/u1/a/b')):
            response = parts.ask(method, path)
            assert response.status == 501
            assert 'this one is of arn:fn' in json.loads(response.body)['message']
        response = parts.ask('GET', '/_osbot_lambda/url/u2/')
        assert (response.status, json.loads(response.body)) == (403, {'Message': None})

    @pytest.mark.parametrize('path', ['/_osbot_lambda/code/other', '/_osbot_lambda/', '/_osbot_lambda/what'])
    def test_what_is_not_there_is_a_404(self, parts, path):
        response = parts.ask('GET', path)
        assert (response.status, json.loads(response.body)['error']) == (404, 'NotFound')
