import pytest

from osbot_lambda.aws.iam.IAM_Actions import IAM_Actions
from osbot_lambda.local.server.calls.Call_Reader import Call_Reader
from osbot_lambda.local.server.Http_Request import Http_Request
from tests.local.server.calls.Sent_Requests import Sent_Requests

SERVICES = (
    's3 lambda sqs sns dynamodb kinesis logs secretsmanager ssm events sts stepfunctions cloudwatch scheduler efs'
)

# Of one form with another operation, apart in the host name, or in a parameter that isn't required.
ALIKE = {'ListDirectoryBuckets', 'ListObjectAnnotations', 'WriteGetObjectResponse'}


@pytest.fixture
def s3():
    sender, reader = Sent_Requests('s3'), Call_Reader()
    return lambda operation, **given: reader.read('s3', sender.of(operation, **given))


class test_Call_Reader:
    @pytest.mark.parametrize('service', SERVICES.split())
    def test_every_operation_is_known_by_the_request_that_boto3_sends(self, service):
        sender, reader, wrong = Sent_Requests(service), Call_Reader(), []
        signing_name = sender.client.meta.service_model.signing_name
        for operation in sender.operations():
            found = reader.read(signing_name, sender.of(operation))[0]
            same = IAM_Actions.of(signing_name, found) == IAM_Actions.of(signing_name, operation)
            if not same and operation not in ALIKE:
                wrong.append((operation, found))
        assert wrong == []

    def test_an_object_of_s3_with_its_version_and_what_it_is_copied_from(self, s3):
        assert s3('GetObject', Bucket='data', Key='a b/ü+c?', VersionId='7') == (
            'GetObject',
            {'Bucket': 'data', 'Key': 'a b/ü+c?', 'VersionId': '7'},
        )
        assert s3(
            'CopyObject', Bucket='data', Key='to', CopySource={'Bucket': 'other', 'Key': 'a b', 'VersionId': '7'}
        ) == (
            'CopyObject',
            {'Bucket': 'data', 'Key': 'to', 'CopySource': 'other/a b'},
        )

    def test_the_parts_of_an_upload_to_s3(self, s3):
        upload = {'Bucket': 'data', 'Key': 'k', 'UploadId': 'u'}
        assert s3('UploadPart', PartNumber=1, Body=b'x', **upload)[0] == 'UploadPart'
        assert s3('UploadPartCopy', PartNumber=1, CopySource='other/k', **upload)[0] == 'UploadPartCopy'
        assert s3('ListParts', **upload)[0] == 'ListParts'
        assert s3('CompleteMultipartUpload', MultipartUpload={'Parts': []}, **upload)[0] == 'CompleteMultipartUpload'
        assert s3('AbortMultipartUpload', **upload)[0] == 'AbortMultipartUpload'

    def test_what_is_deleted_together_from_s3(self, s3):
        found = s3('DeleteObjects', Bucket='data', Delete={'Objects': [{'Key': 'a&b'}, {'Key': 'c<d'}]})
        assert found == ('DeleteObjects', {'Bucket': 'data', 'Keys': ['a&b', 'c<d']})

    def test_the_tags_and_the_acl_that_come_with_an_object(self, s3):
        assert s3('PutObject', Bucket='data', Key='k', Tagging='a=b', ACL='private')[1] == {
            'Bucket': 'data',
            'Key': 'k',
            'Tagging': True,
            'Acl': True,
        }

    def test_parameters_in_json_in_a_form_in_the_path_and_in_the_query(self):
        reader = Call_Reader()
        url = 'http://127.0.0.1:1/111122223333/q'
        sqs = Sent_Requests('sqs').of('SendMessage', QueueUrl=url, MessageBody='x')
        assert reader.read('sqs', sqs)[1]['QueueUrl'] == url
        sns = Sent_Requests('sns').of('Publish', TopicArn='arn:aws:sns:eu-west-1:111122223333:t', Message='x')
        assert reader.read('sns', sns)[1]['TopicArn'] == 'arn:aws:sns:eu-west-1:111122223333:t'
        invoke = Sent_Requests('lambda').of('Invoke', FunctionName='fn', Qualifier='live')
        assert reader.read('lambda', invoke) == ('Invoke', {'FunctionName': 'fn', 'Qualifier': 'live'})

    @pytest.mark.parametrize(
        ('service', 'request_'),
        [
            ('sqs', Http_Request('POST', '/', '', {'x-amz-target': 'AmazonSQS.SendMessage'}, b'{not json')),
            ('sqs', Http_Request('POST', '/', '', {'x-amz-target': 'AmazonSQS.SendMessage'}, b'[1]')),
            ('s3', Http_Request('PATCH', '/bucket/key', '', {}, b'')),
            ('no-such-service', Http_Request('GET', '/a/b', 'c', {}, b'\xff')),
            ('lambda', Http_Request('GET', '/no/such/path', '', {}, b'')),
        ],
        ids=['no json', 'no object', 'no method of s3', 'no service', 'no route'],
    )
    def test_what_is_no_proper_request_has_no_parameters(self, service, request_):
        operation, params = Call_Reader().read(service, request_)
        assert operation in ('', 'SendMessage')
        assert params in ({}, {'Bucket': 'bucket', 'Key': 'key'})
