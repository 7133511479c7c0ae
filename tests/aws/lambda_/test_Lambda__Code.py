import base64
import hashlib
import os

import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.errors import Deploy__Failed, Deploy__Nothing_To_Deploy, File__Not_Found

ACCOUNT = '123456789012'
BUCKET = f'{ACCOUNT}--osbot-lambdas--us-east-1'


@pytest.fixture
def folder(tmp_path):
    code = tmp_path / 'code'
    (code / 'package').mkdir(parents=True)
    (code / 'app.py').write_text('def run(event, context): return 1')
    (code / 'package' / 'part.py').write_text('')
    return code


@pytest.fixture
def role_arn(mocked):
    return IAM_Role('r').create_for_service('lambda.amazonaws.com').arn()


def _sha(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


class test_Lambda__Code__on_moto:
    def test_a_folder_is_uploaded_to_a_bucket_that_is_made(self, mocked, folder):
        function = Lambda('my.function').set_folder_code(folder)
        assert function.upload() is True
        assert (function.s3_bucket, function.s3_key) == (BUCKET, 'lambdas/my_function.zip')
        assert S3().file_exists(BUCKET, 'lambdas/my_function.zip')
        assert function.s3().session is function.session

    def test_a_folder_is_uploaded_to_where_it_was_told(self, mocked, folder):
        S3().bucket_create('bucket')
        assert Lambda('f', folder_code=str(folder), s3_bucket='bucket', s3_key='k.zip').upload() is True
        assert S3().find_files('bucket') == ['k.zip']

    def test_the_same_files_are_the_same_bytes(self, mocked, folder):
        function = Lambda('f').set_folder_code(folder)
        function.upload()
        one = S3().file_bytes(BUCKET, 'lambdas/f.zip')
        os.utime(folder / 'app.py', (0, 0))
        function.upload()
        assert S3().file_bytes(BUCKET, 'lambdas/f.zip') == one

    def test_create_and_update_ship_the_folder(self, role_arn, folder):
        function = Lambda('f', role=role_arn).set_folder_code(folder)
        created = function.create()
        assert created['status'] == 'ok', created
        assert created['data']['CodeSha256'] == _sha(S3().file_bytes(BUCKET, 'lambdas/f.zip'))
        (folder / 'app.py').write_text('def run(event, context): return 2')
        updated = function.update()
        assert updated['data']['update_code']['CodeSha256'] != created['data']['CodeSha256']
        assert function.configuration()['CodeSha256'] == _sha(S3().file_bytes(BUCKET, 'lambdas/f.zip'))

    def test_a_folder_that_is_not_there_or_is_empty_is_said_in_the_answer(self, role_arn, tmp_path):
        answer = Lambda('f', role=role_arn, folder_code=str(tmp_path / 'no')).create()
        assert (answer['status'], type(answer['exception'])) == ('error', File__Not_Found)
        answer = Lambda('f', role=role_arn, folder_code=str(tmp_path)).update()
        assert (answer['status'], type(answer['exception'])) == ('error', Deploy__Nothing_To_Deploy)


@pytest.mark.usefixtures('no_pauses')
class test_Lambda__Code:
    def test_without_a_folder_nothing_is_uploaded(self, function):
        assert function.upload() is False
        assert function.set_folder_code('/nowhere').set_image_uri('repo:tag').upload() is None

    def test_code_update_sends_the_architecture_only_when_set(self, function, stub):
        stub.add_response('update_function_code', {}, {'FunctionName': 'f', 'ZipFile': b'z'})
        function.set_zip_bytes(b'z').code_update()
        sent = {'FunctionName': 'f', 'ZipFile': b'z', 'Architectures': ['arm64'], 'Publish': True}
        stub.add_response('update_function_code', {}, sent)
        function.set_architecture('arm64').code_update(Publish=True)

    def test_code_that_is_given_comes_over_the_code_that_is_set(self, function, stub):
        function.set_zip_bytes(b'z').set_folder_code('/nowhere')
        stub.add_response('update_function_code', {}, {'FunctionName': 'f', 'S3Bucket': 'bucket', 'S3Key': 'k'})
        function.code_update(S3Bucket='bucket', S3Key='k')

    def test_an_update_without_code_raises_before_any_call(self, function, stub):
        with pytest.raises(Deploy__Nothing_To_Deploy, match='f has no code'):
            function.update_lambda_code()

    def test_an_update_of_the_code_is_waited_for(self, function, stub):
        stub.add_response('update_function_code', {'CodeSha256': 's'}, {'FunctionName': 'f', 'ZipFile': b'z'})
        failed = {'LastUpdateStatus': 'Failed', 'LastUpdateStatusReasonCode': 'InvalidImage'}
        for answer in ({'LastUpdateStatus': 'InProgress'}, failed):
            stub.add_response('get_function_configuration', answer, {'FunctionName': 'f'})
        with pytest.raises(Deploy__Failed, match='InvalidImage'):
            function.set_zip_bytes(b'z').update_lambda_code()

    def test_another_image_is_sent_and_kept(self, function, stub):
        stub.add_response('update_function_code', {'CodeSha256': 's'}, {'FunctionName': 'f', 'ImageUri': 'repo:2'})
        stub.add_response('get_function_configuration', {'LastUpdateStatus': 'Successful'}, {'FunctionName': 'f'})
        assert function.set_image_uri('repo:1').update_lambda_image_uri('repo:2') == {'CodeSha256': 's'}
        assert function.image_uri == 'repo:2'
