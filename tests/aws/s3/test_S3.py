import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.errors import Aws__Access_Denied, Aws__Conflict, Aws__Error, Aws__Not_Found


@pytest.fixture
def s3():
    return S3().bucket_create('bucket')


@pytest.mark.usefixtures('mocked')
class test_S3:
    def test_a_bucket_comes_and_goes(self):
        s3 = S3()
        assert not s3.bucket_exists('bucket')
        assert s3.bucket_create('bucket').bucket_exists('bucket')
        assert s3.buckets() == ['bucket']
        assert s3.bucket_delete('bucket') is True
        assert s3.bucket_delete('bucket') is False
        assert not s3.bucket_exists('bucket')

    @pytest.mark.parametrize(('region', 'constraint'), [('us-east-1', None), ('eu-west-1', 'eu-west-1')])
    def test_a_bucket_is_in_its_region(self, region, constraint):
        s3 = S3({'region_name': region}).bucket_create('bucket').bucket_create('bucket')
        assert s3.call('get_bucket_location', Bucket='bucket')['LocationConstraint'] == constraint

    def test_a_bucket_may_be_in_another_region(self):
        s3 = S3({'region_name': 'us-east-1'}).bucket_create('bucket', 'eu-west-2')
        assert s3.call('get_bucket_location', Bucket='bucket')['LocationConstraint'] == 'eu-west-2'

    def test_a_question_that_may_not_be_asked_is_not_answered_no(self):
        s3 = S3()
        with Stubber(s3.client()) as stub:
            for operation in ('head_bucket', 'head_object'):
                stub.add_client_error(operation, '403', 'Forbidden', 403)
            with pytest.raises(Aws__Access_Denied):
                s3.bucket_exists('bucket')
            with pytest.raises(Aws__Access_Denied):
                s3.file_exists('bucket', 'k')

    def test_a_bucket_of_somebody_else_is_a_conflict(self):
        s3 = S3()
        with Stubber(s3.client()) as stub:
            stub.add_client_error('create_bucket', 'BucketAlreadyExists', 'x', 409)
            with pytest.raises(Aws__Conflict):
                s3.bucket_create('bucket')

    def test_a_file_is_read_as_it_was_written(self, s3):
        assert s3.file_create_from_bytes(b'\x00\xff', 'bucket', 'f/one', {'a': 'b'}, 'image/png')
        assert s3.file_create_from_string('zwölf', 'bucket', 'f/two')
        assert s3.file_bytes('bucket', 'f/one') == b'\x00\xff'
        assert s3.file_contents('bucket', 'f/two') == 'zwölf'
        details = s3.file_details('bucket', 'f/one')
        assert (details['Metadata'], details['ContentType'], details['ContentLength']) == ({'a': 'b'}, 'image/png', 2)

    def test_an_empty_file_is_a_file(self, s3):
        s3.file_create_from_bytes(b'', 'bucket', 'k')
        assert s3.file_exists('bucket', 'k')
        assert s3.file_bytes('bucket', 'k') == b''

    def test_a_file_that_is_not_there(self, s3):
        assert not s3.file_exists('bucket', 'k')
        assert s3.file_delete('bucket', 'k')
        with pytest.raises(Aws__Not_Found, match=r's3.GetObject of bucket/k: NoSuchKey'):
            s3.file_bytes('bucket', 'k')

    def test_files_are_found_by_prefix_and_filter_sorted(self, s3):
        for key in ('p/c', 'p/a', 'p/b1', 'q'):
            s3.file_create_from_bytes(b'', 'bucket', key)
        assert s3.find_files('bucket') == ['p/a', 'p/b1', 'p/c', 'q']
        assert s3.find_files('bucket', 'p/') == ['p/a', 'p/b1', 'p/c']
        assert s3.find_files('bucket', 'p/', 'b') == ['p/b1']

    def test_files_are_found_on_all_pages(self, s3):
        with Stubber(s3.client()) as stub:
            sent = {'Bucket': 'bucket', 'Prefix': ''}
            first = {'Contents': [{'Key': 'b'}], 'IsTruncated': True, 'NextContinuationToken': 't'}
            stub.add_response('list_objects_v2', first, sent)
            stub.add_response('list_objects_v2', {'Contents': [{'Key': 'a'}]}, {**sent, 'ContinuationToken': 't'})
            assert s3.find_files('bucket') == ['a', 'b']

    def test_many_files_are_deleted_a_thousand_at_a_time(self, s3):
        versions = [{'Key': f'k{number}', 'VersionId': 'v'} for number in range(1001)]
        with Stubber(s3.client()) as stub:
            stub.add_response('list_object_versions', {'Versions': versions}, {'Bucket': 'bucket'})
            stub.add_response('list_object_versions', {}, {'Bucket': 'bucket'})
            for chunk in (versions[:1000], versions[1000:]):
                sent = {'Bucket': 'bucket', 'Delete': {'Objects': chunk, 'Quiet': True}}
                stub.add_response('delete_objects', {}, sent)
            stub.add_response('delete_bucket', {}, {'Bucket': 'bucket'})
            assert s3.bucket_delete('bucket', delete_files=True)
            stub.assert_no_pending_responses()

    def test_a_bucket_with_files_stays_unless_they_may_go(self, s3):
        s3.file_create_from_bytes(b'', 'bucket', 'k')
        with pytest.raises(Aws__Conflict, match='BucketNotEmpty'):
            s3.bucket_delete('bucket')
        assert s3.bucket_delete('bucket', delete_files=True)

    def test_versions_and_delete_markers_go_with_the_bucket(self, s3):
        s3.call('put_bucket_versioning', Bucket='bucket', VersioningConfiguration={'Status': 'Enabled'})
        for text in ('one', 'two'):
            s3.file_create_from_string(text, 'bucket', 'k')
        s3.file_delete('bucket', 'k')
        assert s3.bucket_delete('bucket', delete_files=True)
        assert not s3.bucket_exists('bucket')

    def test_a_file_that_can_not_be_deleted_is_said(self, s3):
        with Stubber(s3.client()) as stub:
            stub.add_response(
                'list_object_versions', {'Versions': [{'Key': 'k', 'VersionId': 'v'}]}, {'Bucket': 'bucket'}
            )
            stub.add_response('list_object_versions', {}, {'Bucket': 'bucket'})
            errors = [{'Key': 'k', 'Code': 'AccessDenied', 'Message': 'locked'}]
            stub.add_response('delete_objects', {'Errors': errors})
            with pytest.raises(Aws__Error, match='1 files were not deleted; the first, k: locked'):
                s3.bucket_delete('bucket', delete_files=True)
