import pytest

from osbot_lambda.local.server.Caller import Caller
from osbot_lambda.local.server.Http_Request import Http_Request

FORM = {'content-type': 'application/x-www-form-urlencoded; charset=utf-8'}


def caller(path='/', query='', headers=None, body=b''):
    return Caller.of(Http_Request('POST', path, query, headers or {}, body))


class test_Caller:
    @pytest.mark.parametrize(
        ('authorization', 'expected'),
        [
            (
                'AWS4-HMAC-SHA256 Credential=AKIA1/20261120/eu-west-1/sqs/aws4_request, Signature=1',
                Caller('sqs', 'eu-west-1', 'AKIA1'),
            ),
            (
                'AWS4-HMAC-SHA256 SignedHeaders=host,Credential=1/2/us-east-1/Lambda/aws4_request,Signature=1',
                Caller('lambda', 'us-east-1', '1'),
            ),
            ('AWS4-ECDSA-P256-SHA256 Credential=K/20261120/events/aws4_request, S=1', Caller('events', '', 'K')),
            ('AWS AKIA2:signature=', Caller('s3', '', 'AKIA2')),
            ('Bearer abc', Caller('s3')),
        ],
        ids=['sigv4', 'other order', 'sigv4a', 'sigv2', 'bearer'],
    )
    def test_the_signature_says_it(self, authorization, expected):
        assert caller(headers={'authorization': authorization}) == expected

    def test_a_presigned_url_says_it(self):
        query = 'a=b&X-Amz-Credential=123456789012%2F20261120%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Date=x'
        assert caller(query=query) == Caller('s3', 'us-west-2', '123456789012')
        assert caller(query='AWSAccessKeyId=AKIA3&Signature=x') == Caller('s3', '', 'AKIA3')

    @pytest.mark.parametrize(
        ('request_parts', 'service'),
        [
            ({'headers': {'x-amz-target': 'AmazonSQS.ListQueues'}}, 'sqs'),
            ({'headers': {'x-amz-target': 'Logs_20140328.PutLogEvents'}}, 'logs'),
            ({'headers': FORM, 'body': b'Action=AssumeRoleWithWebIdentity&Version=2011-06-15'}, 'sts'),
            ({'headers': FORM, 'body': b'Action=ListQueues&Version=2012-11-05'}, 'sqs'),
            ({'query': 'Action=GetUser&Version=2010-05-08'}, 'iam'),
            ({'path': '/2015-03-31/functions/f/invocations'}, 'lambda'),
            ({'path': '/2020-04-22/code-signing-configs'}, 'lambda'),
            ({'path': '/2026-07-09/resource-policy/arn'}, 'lambda'),
            ({'path': '/bucket/key'}, 's3'),
            ({'path': '/bucket/2015-03-31/functions'}, 's3'),
        ],
    )
    def test_an_unsigned_request_is_known_by_its_form(self, request_parts, service):
        assert caller(**request_parts) == Caller(service)
        assert not caller(**request_parts).signed
