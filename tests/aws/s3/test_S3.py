import boto3
import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.s3 import S3__Files
from osbot_lambda.aws.s3.S3 import S3, S3_DEFAULT_FILE_CONTENT_TYPE
from osbot_lambda.errors import Aws__Access_Denied, Aws__Conflict, Aws__Invalid, Aws__Not_Found


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
            for chunk in (versions[:1000], versions[1000:]):
                sent = {'Bucket': 'bucket', 'Delete': {'Objects': chunk, 'Quiet': True}}
                stub.add_response('delete_objects', {}, sent)
            assert s3.files_delete_objects('bucket', versions)
            stub.assert_no_pending_responses()

    def test_a_bucket_of_many_pages_is_emptied_page_by_page(self, s3):
        with Stubber(s3.client()) as stub:
            sent = {'Bucket': 'bucket'}
            for kind, key in (('Versions', 'a'), ('DeleteMarkers', 'b')):
                found = [{'Key': key, 'VersionId': '1'}]
                stub.add_response('list_object_versions', {kind: found, 'IsTruncated': kind == 'Versions'}, sent)
                stub.add_response('delete_objects', {}, {**sent, 'Delete': {'Objects': found, 'Quiet': True}})
            stub.add_response('list_object_versions', {}, sent)
            assert s3.bucket_delete_all_files('bucket')
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
            errors = [{'Key': 'k', 'Code': 'AccessDenied', 'Message': 'locked'}]
            stub.add_response('delete_objects', {'Errors': errors})
            with pytest.raises(Aws__Access_Denied, match='1 of 1 files were not deleted; the first, k: locked'):
                s3.bucket_delete('bucket', delete_files=True)

    def test_the_session_may_be_given_by_the_name_of_the_service(self):
        assert S3(session_kwargs__s3={'region_name': 'eu-west-1'}).session.region_name == 'eu-west-1'

    def test_the_questions_that_ask_for_no(self, s3):
        assert (s3.bucket_not_exists('bucket'), s3.bucket_not_exists('other')) == (False, True)
        s3.file_create_from_string('', 'bucket', 'k')
        assert (s3.file_not_exists('bucket', 'k'), s3.file_not_exists('bucket', 'other')) == (False, True)

    @pytest.mark.parametrize(('region', 'partition'), [('eu-west-1', 'aws'), ('cn-north-1', 'aws-cn')])
    def test_the_arn_of_a_bucket(self, region, partition):
        assert S3({'region_name': region}).bucket_arn('bucket') == f'arn:{partition}:s3:::bucket'

    def test_buckets_are_iterated(self, s3):
        assert list(s3.iterate_buckets()) == ['bucket']

    def test_what_is_said_to_be_deleted_and_stays_ends_the_deleting(self, s3):
        with Stubber(s3.client()) as stub:
            for answer in ('list', 'delete', 'list'):
                found = {'Versions': [{'Key': 'a', 'VersionId': '1'}]} if answer == 'list' else {}
                stub.add_response('list_object_versions' if answer == 'list' else 'delete_objects', found)
            stub.add_client_error('delete_bucket', 'BucketNotEmpty', 'not empty', 409)
            with pytest.raises(Aws__Conflict, match='not empty'):
                s3.bucket_delete('bucket', delete_files=True)

    def test_several_files_go_at_once(self, s3):
        for key in ('a', 'b', 'c'):
            s3.file_create_from_string(key, 'bucket', key)
        assert s3.files_delete('bucket', (key for key in ('a', 'c', 'never-there')))
        assert s3.find_files('bucket') == ['b']
        assert s3.files_delete('bucket', []) is True

    # ---- what is known of a file

    def test_details_of_a_file(self, s3):
        s3.file_upload_from_bytes(bytes(1_572_864), 'bucket', 'k', {'Made-By': 'me'}, 'text/html')
        assert s3.file_content_type('bucket', 'k') == 'text/html'
        assert s3.file_metadata('bucket', 'k') == {'made-by': 'me'}
        assert s3.file_size_in_Mb('bucket', 'k') == 1.5
        assert [(one['Key'], one['Size']) for one in s3.files_raw('bucket')] == [('k', 1_572_864)]

    def test_a_file_without_a_content_type_is_a_binary_stream(self, s3):
        s3.file_create_from_bytes(b'', 'bucket', 'k')
        assert s3.file_content_type('bucket', 'k') == S3_DEFAULT_FILE_CONTENT_TYPE

    def test_metadata_and_content_type_change_alone(self, s3):
        s3.call('put_object', Bucket='bucket', Key='k', Body=b'1', Metadata={'a': '1'}, ContentType='text/html',
                CacheControl='no-cache', StorageClass='STANDARD_IA')  # fmt: skip
        s3.file_metadata_update('bucket', 'k', {'b': '2'})
        details = s3.file_details('bucket', 'k')
        assert (details['Metadata'], details['ContentType']) == ({'b': '2'}, 'text/html')
        assert (details['CacheControl'], details['StorageClass']) == ('no-cache', 'STANDARD_IA')
        s3.file_content_type_update('bucket', 'k', None, 'text/plain')
        details = s3.file_details('bucket', 'k')
        assert (details['Metadata'], details['ContentType']) == ({'b': '2'}, 'text/plain')
        assert (details['CacheControl'], s3.file_bytes('bucket', 'k')) == ('no-cache', b'1')

    def test_text_as_gzip(self, s3):
        for key in ('one.gz', 'two.gz'):
            assert s3.file_create_from_string_as_gzip('zwölf ' * 99, 'bucket', key)
        assert s3.file_contents_from_gzip('bucket', 'one.gz') == 'zwölf ' * 99
        assert s3.file_bytes('bucket', 'one.gz') == s3.file_bytes('bucket', 'two.gz')

    # ---- copy and move

    def test_a_copy_has_all_of_it(self, s3):
        s3.bucket_create('other').file_create_from_bytes(b'1', 'bucket', 'k', {'a': 'b'}, 'text/html')
        assert s3.file_copy('bucket', 'k', 'other', 'copy')['CopyObjectResult']['ETag']
        assert (s3.file_metadata('other', 'copy'), s3.file_content_type('other', 'copy')) == ({'a': 'b'}, 'text/html')
        s3.file_copy('bucket', 'k', 'other', 'copy', {'c': 'd'}, 'text/css')
        assert (s3.file_metadata('other', 'copy'), s3.file_content_type('other', 'copy')) == ({'c': 'd'}, 'text/css')

    def test_a_copy_that_is_too_large_for_one_call_goes_in_parts(self, s3, monkeypatch):
        monkeypatch.setattr(S3__Files, 'COPIED_AT_ONCE', 10)
        s3.file_create_from_bytes(b'0123456789a', 'bucket', 'k', {'a': 'b'}, 'text/html')
        assert s3.file_copy('bucket', 'k', 'bucket', 'copy')['CopyObjectResult']['ETag']
        assert s3.file_bytes('bucket', 'copy') == b'0123456789a'
        assert (s3.file_metadata('bucket', 'copy'), s3.file_content_type('bucket', 'copy')) == ({'a': 'b'}, 'text/html')

    def test_a_file_moves(self, s3):
        s3.file_create_from_string('1', 'bucket', 'k')
        assert s3.file_move('bucket', 'k', 'bucket', 'm')
        assert (s3.find_files('bucket'), s3.file_contents('bucket', 'm')) == (['m'], '1')

    def test_a_file_moved_onto_itself_stays(self, s3):
        s3.file_create_from_string('1', 'bucket', 'k')
        assert s3.file_move('bucket', 'k', 'bucket', 'k')
        assert s3.file_contents('bucket', 'k') == '1'

    def test_what_is_not_there_does_not_move(self, s3):
        with pytest.raises(Aws__Not_Found):
            s3.file_move('bucket', 'k', 'bucket', 'm')
        with pytest.raises(Aws__Not_Found):
            s3.file_move('bucket', 'k', 'bucket', 'k')

    # ---- versions

    def test_versioning_is_off_until_it_is_enabled(self, s3):
        assert (s3.bucket_versioning__enabled('bucket'), s3.bucket_versioning__status('bucket')) == (False, None)
        assert s3.bucket_versioning__enable('bucket')
        assert (s3.bucket_versioning__enabled('bucket'), s3.bucket_versioning__status('bucket')) == (True, 'Enabled')
        assert S3().bucket_create('kept', versioning=True).bucket_versioning__enabled('kept')

    def test_versions_of_one_file(self, s3):
        s3.bucket_versioning__enable('bucket')
        for text in ('one', 'two'):
            s3.file_create_from_string(text, 'bucket', 'k')
        s3.file_create_from_string('another', 'bucket', 'k2')
        s3.file_delete('bucket', 'k')
        newest, oldest = s3.file_versions('bucket', 'k')
        assert s3.file_contents('bucket', 'k', version_id=newest['VersionId']) == 'two'
        assert s3.file_bytes('bucket', 'k', oldest['VersionId']) == b'one'
        assert [one['IsLatest'] for one in s3.file_versions__delete_markers('bucket', 'k')] == [True]
        assert s3.file_versions__delete_markers('bucket', 'k2') == []

    def test_versions_are_found_on_all_pages_and_no_page_more(self, s3):
        with Stubber(s3.client()) as stub:
            sent = {'Bucket': 'bucket', 'Prefix': 'k'}
            versions = [{'Key': 'k', 'VersionId': '2'}]
            markers = {'IsTruncated': True, 'NextKeyMarker': 'k', 'NextVersionIdMarker': '2'}
            stub.add_response('list_object_versions', {'Versions': versions, **markers}, sent)
            sent = {**sent, 'KeyMarker': 'k', 'VersionIdMarker': '2'}
            versions = [{'Key': 'k', 'VersionId': '1'}, {'Key': 'k-other', 'VersionId': '1'}]
            stub.add_response('list_object_versions', {'Versions': versions, **markers}, sent)
            assert [one['VersionId'] for one in s3.file_versions('bucket', 'k')] == ['2', '1']

    # ---- folders

    def test_what_is_in_a_folder(self, s3):
        for key in ('top', 'f/', 'f/b', 'f/a', 'f/in/x', 'f/in/y', 'f/on/z', 'fun/a'):
            s3.file_create_from_string('', 'bucket', key)
        assert s3.folder_contents('bucket') == {'folders': ['f', 'fun'], 'files': ['top']}
        assert s3.folder_contents('bucket', 'f') == {'folders': ['in', 'on'], 'files': ['a', 'b']}
        full = {'folders': ['f/in', 'f/on'], 'files': ['f/a', 'f/b']}
        assert s3.folder_contents('bucket', '/f/', return_full_path=True) == full
        assert (s3.folder_files('bucket', 'f'), s3.folder_list('bucket', 'f')) == (['a', 'b'], ['in', 'on'])
        assert s3.folder_contents('bucket', 'not-there') == {'folders': [], 'files': []}

    def test_a_folder_is_listed_on_all_pages(self, s3):
        with Stubber(s3.client()) as stub:
            sent = {'Bucket': 'bucket', 'Prefix': 'f/', 'Delimiter': '/'}
            first = {'CommonPrefixes': [{'Prefix': 'f/b/'}], 'IsTruncated': True, 'NextContinuationToken': 't'}
            stub.add_response('list_objects_v2', first, sent)
            second = {'CommonPrefixes': [{'Prefix': 'f/a/'}], 'Contents': [{'Key': 'f/c'}]}
            stub.add_response('list_objects_v2', second, {**sent, 'ContinuationToken': 't'})
            assert s3.folder_contents('bucket', 'f') == {'folders': ['a', 'b'], 'files': ['c']}

    def test_files_are_iterated_no_further_than_asked(self, s3):
        with Stubber(s3.client()) as stub:
            page = {'Contents': [{'Key': 'a'}], 'IsTruncated': True, 'NextContinuationToken': 't'}
            stub.add_response('list_objects_v2', page, {'Bucket': 'bucket', 'Prefix': ''})
            assert next(s3.iterate_files('bucket')) == {'Key': 'a'}

    # ---- policy

    def test_the_policy_of_a_bucket(self, s3):
        assert (s3.policy('bucket'), s3.policy_statements('bucket')) == ({}, [])
        arn = s3.bucket_arn('bucket') + '/*'
        one = {'Sid': 'one', **s3.policy_statements__new('s3:GetObject', 'Allow', 'logs.amazonaws.com', arn)}
        two = {'Sid': 'two', **s3.policy_statements__new('s3:PutObject', 'Allow', 'logs.amazonaws.com', arn)}
        assert s3.policy_create('bucket', [one, two]) is s3
        assert s3.policy_statements('bucket') == [one, two]
        assert s3.policy_statements('bucket', index_by='Sid')['two'] == two
        assert s3.policy_statements('bucket', group_by='Effect') == {'Allow': [one, two]}
        assert s3.policy_statements__without('bucket', 'Sid', 'one') == [two]
        assert s3.policy_create('bucket', []).policy('bucket') == {}

    def test_a_policy_of_no_bucket_is_not_an_empty_one(self):
        with pytest.raises(Aws__Not_Found, match='NoSuchBucket'):
            S3().policy('nowhere')

    # ---- notifications

    def test_notifications_of_a_bucket(self, s3):
        assert s3.bucket_notification('bucket') == {}
        queue = boto3.client('sqs').create_queue(QueueName='q')['QueueUrl']
        arn = boto3.client('sqs').get_queue_attributes(QueueUrl=queue, AttributeNames=['All'])['Attributes']['QueueArn']
        config = {'QueueConfigurations': [{'Id': '1', 'QueueArn': arn, 'Events': ['s3:ObjectCreated:*']}]}
        assert s3.bucket_notification_create('bucket', config) is s3
        assert s3.bucket_notification('bucket') == config
        assert s3.bucket_notification_create('bucket', {}).bucket_notification('bucket') == {}

    @pytest.mark.parametrize(
        ('bucket', 'sid', 'source'),
        [(None, 's3-invoke', {}), ('my.bucket', 's3-invoke-my_bucket', {'SourceArn': 'arn:aws:s3:::my.bucket'})],
    )
    def test_s3_is_let_to_invoke_a_function_for_this_account_alone(self, s3, bucket, sid, source):
        with Stubber(s3.session.client('lambda')) as stub:
            sent = {
                'FunctionName': 'arn:aws:lambda:us-east-1:123456789012:function:f',
                'StatementId': sid,
                'Action': 'lambda:InvokeFunction',
                'Principal': 's3.amazonaws.com',
                'SourceAccount': '123456789012',
                **source,
            }
            stub.add_response('add_permission', {'Statement': '{}'}, sent)
            text = f'The statement id ({sid}) provided already exists. Please provide a new statement id.'
            stub.add_client_error('add_permission', 'ResourceConflictException', text, 409)
            for _ in range(2):
                assert s3.bucket_notification_set_lambda_permission(sent['FunctionName'], bucket) is s3
            stub.assert_no_pending_responses()

    # ---- signed URLs

    def test_a_signed_url_is_of_the_kind_that_every_region_takes(self, s3):
        url = s3.create_pre_signed_url('bucket', 'a b.txt', expiration=60)
        assert url.startswith('https://bucket.s3.amazonaws.com/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256')
        assert 'X-Amz-Expires=60&' in url

    @pytest.mark.parametrize('expiration', [0, 604_801])
    def test_a_signed_url_holds_at_most_seven_days(self, s3, expiration):
        with pytest.raises(Aws__Invalid, match='1 to 604800 s'):
            s3.create_pre_signed_url('bucket', 'k', expiration=expiration)

    def test_a_signed_url_is_for_an_operation_of_s3(self, s3):
        with pytest.raises(Aws__Invalid, match="'get' is no operation of S3"):
            s3.create_pre_signed_url('bucket', 'k', 'get')
