import base64
import json
import logging
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.protocol.Service_Api import Service_Api
from tests.local.server.protocol.In_Process_Client import api_context, in_process_client

ROLE = 'arn:aws:iam::111122223333:role/r'
UUID = '14e0db71-5d35-4eb5-b481-8945cf9d10c2'


class Engine:
    """Answers every operation with what a test gave it, and keeps what it was asked."""

    def __init__(self):
        self.answer, self.params, self.context = {}, None, None

    def _called(self, context, params):
        self.context, self.params = context, params
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    invoke = create_function = get_function = update_function_code = list_functions = untag_resource = _called
    list_tags = delete_function = tag_resource = list_versions_by_function = get_layer_version_by_arn = _called
    create_event_source_mapping = get_event_source_mapping = list_provisioned_concurrency_configs = _called
    get_provisioned_concurrency_config = publish_layer_version = _called
    send_message = receive_message = create_queue = set_queue_attributes = _called


@pytest.fixture(scope='module')
def made():
    """The clients of the module, each with its engine; making one costs 30 ms."""
    engines = {service: Engine() for service in ('lambda', 'sqs')}
    loose = {'parameter_validation': False}
    return {
        'lambda': (in_process_client('lambda', engines['lambda']), engines['lambda']),
        'loose': (in_process_client('lambda', engines['lambda'], **loose), engines['lambda']),
        'sqs': (in_process_client('sqs', engines['sqs'], **loose), engines['sqs']),
    }


@pytest.fixture
def lambda_(made):
    client, engine = made['lambda']
    engine.__init__()
    return client, engine


@pytest.fixture
def loose(made):
    """A Lambda client that checks nothing itself."""
    client, engine = made['loose']
    engine.__init__()
    return client, engine


@pytest.fixture
def sqs(made):
    client, engine = made['sqs']
    engine.__init__()
    return client, engine


@pytest.fixture(scope='module')
def made_apis():
    return {service: Service_Api(service, Engine()) for service in ('lambda', 'sqs')}


@pytest.fixture
def apis(made_apis):
    for api in made_apis.values():
        api.engine.__init__()
    return made_apis


def error_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value.response


def request(method='POST', path='/', query='', body=b'', **headers):
    names = {name.replace('_', '-'): value for name, value in headers.items()}
    return Http_Request(method, path, query, names, body)


class test_Service_Api:
    # ---- REST: what comes in

    def test_a_function_name_and_its_arn_come_out_of_the_path_decoded(self, lambda_):
        client, engine = lambda_
        name = 'arn:aws:lambda:eu-west-1:111122223333:function:f'
        client.get_function(FunctionName=name, Qualifier='$LATEST')
        assert engine.params == {'FunctionName': name, 'Qualifier': '$LATEST'}

    def test_an_invoke_has_headers_query_and_the_raw_payload(self, lambda_):
        client, engine = lambda_
        client.invoke(
            FunctionName='f',
            InvocationType='Event',
            LogType='Tail',
            ClientContext='e30=',
            Payload=b'{"raw": "\xc3\xa9"}',
            Qualifier='7',
        )
        assert engine.params == {
            'FunctionName': 'f',
            'InvocationType': 'Event',
            'LogType': 'Tail',
            'ClientContext': 'e30=',
            'Payload': b'{"raw": "\xc3\xa9"}',
            'Qualifier': '7',
        }

    def test_an_empty_payload_is_none(self, lambda_):
        client, engine = lambda_
        client.invoke(FunctionName='f')
        assert engine.params == {'FunctionName': 'f'}

    def test_a_body_has_its_shapes(self, lambda_):
        client, engine = lambda_
        params = {
            'FunctionName': 'f',
            'Role': ROLE,
            'Runtime': 'python3.11',
            'Handler': 'a.b',
            'Timeout': 3,
            'Code': {'ZipFile': b'PK\x00\xff'},
            'Environment': {'Variables': {'AB': '1', 'CD': ''}},
            'Layers': ['arn:aws:lambda:eu-west-1:111122223333:layer:l:1'],
            'Publish': True,
            'Tags': {'k': 'v'},
        }
        client.create_function(**params)
        assert engine.params == params

    def test_a_timestamp_comes_in_as_a_datetime(self, lambda_):
        client, engine = lambda_
        moment = datetime(2026, 1, 31, 12, tzinfo=UTC)
        client.create_event_source_mapping(
            FunctionName='f', StartingPosition='AT_TIMESTAMP', StartingPositionTimestamp=moment
        )
        assert engine.params['StartingPositionTimestamp'] == moment

    def test_lists_and_numbers_come_out_of_the_query(self, lambda_):
        client, engine = lambda_
        resource = 'arn:aws:lambda:eu-west-1:111122223333:function:f'
        client.untag_resource(Resource=resource, TagKeys=['a', 'b c'])
        assert engine.params == {'Resource': resource, 'TagKeys': ['a', 'b c']}
        client.list_functions(MaxItems=5, Marker='x&y')
        assert engine.params == {'MaxItems': 5, 'Marker': 'x&y'}

    def test_one_path_can_be_two_operations_told_apart_by_the_query(self, lambda_):
        client, engine = lambda_
        client.list_provisioned_concurrency_configs(FunctionName='f')
        assert engine.params == {'FunctionName': 'f'}
        client.get_provisioned_concurrency_config(FunctionName='f', Qualifier='1')
        assert engine.params == {'FunctionName': 'f', 'Qualifier': '1'}
        arn = 'arn:aws:lambda:eu-west-1:111122223333:layer:l:1'
        client.get_layer_version_by_arn(Arn=arn)
        assert engine.params == {'Arn': arn}

    def test_a_member_of_path_or_query_is_not_taken_from_the_body(self, apis):
        body = json.dumps({'FunctionName': 'other', 'S3Bucket': 'bucket', 'Nonsense': 1, 'S3Key': None}).encode()
        apis['lambda'].handle(request('PUT', '/2015-03-31/functions/f/code', body=body), api_context())
        assert apis['lambda'].engine.params == {'FunctionName': 'f', 'S3Bucket': 'bucket'}

    def test_the_engine_knows_who_calls(self, lambda_):
        client, engine = lambda_
        client.list_functions()
        assert (engine.context.account_id, engine.context.region) == ('111122223333', 'eu-west-1')

    # ---- REST: what goes out

    def test_an_invokes_result_is_in_status_headers_and_raw_payload(self, lambda_):
        client, engine = lambda_
        engine.answer = {
            'StatusCode': 200,
            'FunctionError': 'Unhandled',
            'ExecutedVersion': '$LATEST',
            'LogResult': 'eA==',
            'Payload': b'{"a": 1}',
        }
        result = client.invoke(FunctionName='f')
        assert (result['StatusCode'], result['FunctionError'], result['LogResult']) == (200, 'Unhandled', 'eA==')
        assert (result['ExecutedVersion'], result['Payload'].read()) == ('$LATEST', b'{"a": 1}')

    def test_the_engine_can_choose_the_status_where_the_model_says_so(self, lambda_):
        client, engine = lambda_
        engine.answer = {'StatusCode': 202}
        result = client.invoke(FunctionName='f', InvocationType='Event')
        assert (result['StatusCode'], result['Payload'].read()) == (202, b'')

    @pytest.mark.parametrize(
        ('operation', 'params', 'status'),
        [
            ('create_function', {'FunctionName': 'f', 'Role': ROLE, 'Code': {'ZipFile': b'x'}}, 201),
            ('create_event_source_mapping', {'FunctionName': 'f'}, 202),
            ('tag_resource', {'Resource': 'arn:aws:lambda:eu-west-1:111122223333:function:f', 'Tags': {}}, 204),
            ('get_function', {'FunctionName': 'f'}, 200),
        ],
    )
    def test_the_status_is_the_models(self, lambda_, operation, params, status):
        client, _ = lambda_
        assert getattr(client, operation)(**params)['ResponseMetadata']['HTTPStatusCode'] == status

    def test_a_result_has_its_shapes(self, lambda_):
        client, engine = lambda_
        engine.answer = {
            'UUID': 'u',
            'BatchSize': 10,
            'LastModified': datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=UTC),
            'FunctionResponseTypes': [],
            'Enabled': None,
            'Nonsense': 'left out',
        }
        result = client.get_event_source_mapping(UUID=UUID)
        result.pop('ResponseMetadata')
        assert result == {
            'UUID': 'u',
            'BatchSize': 10,
            'LastModified': engine.answer['LastModified'],
            'FunctionResponseTypes': [],
        }

    def test_an_epoch_float_is_a_timestamp_too(self, lambda_):
        client, engine = lambda_
        engine.answer = {'LastModified': 1769860800.5}
        moment = client.get_event_source_mapping(UUID=UUID)['LastModified']
        assert moment == datetime(2026, 1, 31, 12, 0, 0, 500000, tzinfo=UTC)

    def test_an_engine_that_returns_nothing_is_an_empty_result(self, lambda_):
        client, engine = lambda_
        engine.answer = None
        assert set(client.get_function(FunctionName='f')) == {'ResponseMetadata'}

    def test_every_answer_has_the_request_id(self, lambda_):
        client, engine = lambda_
        assert client.list_functions()['ResponseMetadata']['RequestId'] == engine.context.request_id
        engine.answer = Api__Error('ResourceNotFoundException', 'gone', 404)
        response = error_of(client.get_function, FunctionName='f')
        assert response['ResponseMetadata']['RequestId'] == engine.context.request_id

    # ---- REST: errors

    def test_a_missing_function_is_aws_error(self, lambda_):
        client, engine = lambda_
        engine.answer = Api__Error('ResourceNotFoundException', 'Function not found: x', 404)
        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            client.get_function(FunctionName='f')
        response = caught.value.response
        assert response['Error'] == {'Code': 'ResourceNotFoundException', 'Message': 'Function not found: x'}
        assert (response['Type'], response['Message']) == ('User', 'Function not found: x')
        assert response['ResponseMetadata']['HTTPStatusCode'] == 404

    def test_a_throttle_has_its_fields_in_body_and_header(self, lambda_):
        client, engine = lambda_
        reason = 'ReservedFunctionConcurrentInvocationLimitExceeded'
        fields = {'Reason': reason, 'retryAfterSeconds': '3'}
        engine.answer = Api__Error('TooManyRequestsException', 'Rate Exceeded.', 429, **fields)
        response = error_of(client.invoke, FunctionName='f')
        assert (response['Type'], response['Reason'], response['message']) == ('User', reason, 'Rate Exceeded.')
        assert response['retryAfterSeconds'] == '3'
        assert response['ResponseMetadata']['HTTPHeaders']['retry-after'] == '3'

    def test_the_model_knows_a_status_that_the_engine_left_out(self, lambda_):
        client, engine = lambda_
        engine.answer = Api__Error('ResourceConflictException', 'Function already exist: f')
        assert error_of(client.get_function, FunctionName='f')['ResponseMetadata']['HTTPStatusCode'] == 409

    def test_an_error_that_is_not_in_the_model(self, lambda_, apis):
        client, engine = lambda_
        engine.answer = Api__Error('RequestEntityTooLargeException', 'too large', 413)
        response = error_of(client.invoke, FunctionName='f')
        assert response['Error'] == {'Code': 'RequestEntityTooLargeException', 'Message': 'too large'}
        apis['lambda'].engine.answer = engine.answer
        raw = apis['lambda'].handle(request('GET', '/2015-03-31/functions/f'), api_context())
        assert json.loads(raw.body) == {'Type': 'User', 'message': 'too large'}

    def test_an_operation_that_the_engine_lacks_is_501_and_named(self, lambda_):
        client, _ = lambda_
        response = error_of(client.get_policy, FunctionName='f')
        assert response['Error']['Code'] == 'NotImplementedException'
        assert 'lambda.GetPolicy' in response['Error']['Message']
        assert response['ResponseMetadata']['HTTPStatusCode'] == 501

    @pytest.mark.parametrize('half', [b'\\ud800', b'\\uDFff', b'x\\udc80\\ud800y'])
    def test_half_of_a_surrogate_pair_is_refused(self, apis, half):
        answer = apis['lambda'].handle(
            request('POST', '/2015-03-31/functions', body=b'{"Description": "' + half + b'"}'), api_context()
        )
        assert answer.status == 400
        assert answer.header('x-amzn-errortype') == 'SerializationException'

    def test_a_whole_surrogate_pair_is_one_letter(self, apis):
        body = b'{"FunctionName": "f", "Role": "' + ROLE.encode() + b'", "Code": {}, "Description": "\\ud83d\\ude00"}'
        answer = apis['lambda'].handle(request('POST', '/2015-03-31/functions', body=body), api_context())
        assert answer.status == 201
        assert apis['lambda'].engine.params['Description'] == '\N{GRINNING FACE}'

    def test_a_bug_in_an_engine_is_a_500_in_json_and_logged(self, lambda_, caplog):
        client, engine = lambda_
        engine.answer = ZeroDivisionError('one over nothing')
        with caplog.at_level(logging.ERROR, 'osbot_lambda.local'):
            response = error_of(client.get_function, FunctionName='f')
        assert response['Error'] == {'Code': 'ServiceException', 'Message': 'ZeroDivisionError: one over nothing'}
        assert response['ResponseMetadata']['HTTPStatusCode'] == 500
        [record] = [record for record in caplog.records if record.name == 'osbot_lambda.local']
        assert 'lambda.GetFunction failed' in record.getMessage()
        assert record.exc_info[0] is ZeroDivisionError

    @pytest.mark.parametrize(
        ('method', 'path'),
        [
            ('GET', '/'),
            ('GET', ''),
            ('GET', '/2015-03-31/nonsense'),
            ('PATCH', '/2015-03-31/functions/f'),
            ('GET', '/2015-03-31/functions//configuration'),
            ('GET', '/../etc/passwd'),
        ],
    )
    def test_an_unknown_route_is_a_404_in_json(self, apis, method, path):
        response = apis['lambda'].handle(request(method, path), api_context())
        assert (response.status, response.header('x-amzn-ErrorType')) == (404, 'UnknownOperationException')
        assert path in json.loads(response.body)['message']

    @pytest.mark.parametrize('path', ['/2015-03-31/functions', '/2015-03-31/functions/'])
    def test_a_slash_at_the_end_makes_no_difference(self, apis, path):
        assert apis['lambda'].handle(request('GET', path), api_context()).status == 200

    @pytest.mark.parametrize(
        'body',
        [b'{', b'\xff\xfe', b'[1]', b'"text"', b'{"Timeout": "3"}', b'{"Publish": 1}', b'{"Layers": {}}']
        + [b'{"Code": {"ZipFile": "?"}}', b'{"Code": []}', b'[' * 100000, b'{"Timeout": true}', b'{"Role": 7}'],
        ids=['cut', 'bytes', 'list', 'text', 'text for number', 'number for bool', 'map for list']
        + ['no base64', 'list for structure', 'deep', 'bool for number', 'number for text'],
    )
    def test_a_body_that_makes_no_sense_is_a_serialization_exception(self, apis, body):
        response = apis['lambda'].handle(request('POST', '/2015-03-31/functions', body=body), api_context())
        assert (response.status, response.header('x-amzn-ErrorType')) == (400, 'SerializationException')
        assert set(json.loads(response.body)) == {'message'}

    def test_a_query_that_makes_no_sense_is_a_serialization_exception(self, apis):
        response = apis['lambda'].handle(request('GET', '/2015-03-31/functions', 'MaxItems=many'), api_context())
        assert (response.status, response.header('x-amzn-ErrorType')) == (400, 'SerializationException')

    # ---- REST: constraints

    def test_a_bad_function_name_has_aws_words(self, lambda_, apis):
        client, engine = lambda_
        pattern = apis['lambda'].model.model.shape_for('NamespacedFunctionName').metadata['pattern']
        response = error_of(client.get_function, FunctionName='a b')
        assert response['Error'] == {
            'Code': 'ValidationException',
            'Message': "1 validation error detected: Value 'a b' at 'functionName' failed to satisfy constraint: "
            f'Member must satisfy regular expression pattern: {pattern}',
        }
        assert 'Type' not in response
        assert engine.params is None

    def test_all_errors_are_told(self, loose):
        client, engine = loose
        code = {'ZipFile': b'x'}
        response = error_of(
            client.create_function, FunctionName='f', Role=ROLE, Code=code, Timeout=0, PackageType='Box', Tags={}
        )
        message = response['Error']['Message']
        start = (
            "2 validation errors detected: Value '0' at 'timeout' failed to satisfy constraint: Member must have value"
        )
        assert message.startswith(start)
        assert "; Value 'Box' at 'packageType' failed to satisfy constraint: " in message
        assert message.endswith('Member must satisfy enum value set: [Zip, Image]')
        assert engine.params is None

    def test_what_the_engine_words_itself_is_left_to_it(self, loose):
        client, engine = loose
        client.create_function(FunctionName='f', Role=ROLE, Code={'ZipFile': b'x'}, Runtime='cobol')
        assert engine.params['Runtime'] == 'cobol'

    # ---- JSON

    def test_json_parameters_have_their_shapes(self, sqs):
        client, engine = sqs
        attributes = {'a': {'DataType': 'Binary', 'BinaryValue': b'\x00\xff'}}
        client.send_message(QueueUrl='u', MessageBody='é', DelaySeconds=3, MessageAttributes=attributes)
        assert engine.params == {
            'QueueUrl': 'u',
            'MessageBody': 'é',
            'DelaySeconds': 3,
            'MessageAttributes': attributes,
        }

    def test_json_results_have_their_shapes(self, sqs):
        client, engine = sqs
        engine.answer = {
            'Messages': [
                {
                    'Body': 'é',
                    'MessageAttributes': {'a': {'DataType': 'Binary', 'BinaryValue': b'\x00'}},
                    'MD5OfBody': None,
                }
            ]
        }
        [message] = client.receive_message(QueueUrl='u')['Messages']
        assert message == {'Body': 'é', 'MessageAttributes': {'a': {'DataType': 'Binary', 'BinaryValue': b'\x00'}}}

    def test_a_json_error_has_its_old_code_and_its_exception(self, sqs):
        client, engine = sqs
        engine.answer = Api__Error('QueueDoesNotExist', 'The specified queue does not exist.')
        with pytest.raises(client.exceptions.QueueDoesNotExist) as caught:
            client.receive_message(QueueUrl='u')
        assert caught.value.response['Error'] == {
            'Code': 'AWS.SimpleQueueService.NonExistentQueue',
            'Message': 'The specified queue does not exist.',
            'QueryErrorCode': 'QueueDoesNotExist',
            'Type': 'Sender',
        }

    def test_a_json_error_on_the_wire(self, apis):
        apis['sqs'].engine.answer = Api__Error('QueueDoesNotExist', 'no')
        target = 'AmazonSQS.ReceiveMessage'
        response = apis['sqs'].handle(request(x_amz_target=target, body=b'{"QueueUrl": "u"}'), api_context())
        assert json.loads(response.body) == {'__type': 'com.amazonaws.sqs#QueueDoesNotExist', 'message': 'no'}
        assert response.header('x-amzn-query-error') == 'AWS.SimpleQueueService.NonExistentQueue;Sender'
        assert response.header('content-type') == 'application/x-amz-json-1.0'

    def test_a_missing_parameter_is_named(self, sqs):
        client, engine = sqs
        error = error_of(client.create_queue)['Error']
        assert error['Code'] == 'MissingParameter'
        assert error['Message'] == 'The request must contain the parameter QueueName.'
        assert engine.params is None

    def test_a_missing_parameter_of_a_batch_entry_is_named(self, made):
        client = in_process_client('sqs', type('Batches', (), {'send_message_batch': dict}), parameter_validation=False)
        error = error_of(
            client.send_message_batch, QueueUrl='u', Entries=[{'Id': 'a', 'MessageBody': 'x'}, {'Id': 'b'}]
        )
        assert error['Error']['Message'] == (
            'The request must contain the parameter SendMessageBatchRequestEntry.2.MessageBody.'
        )

    def test_a_bug_in_a_json_engine_is_the_receivers_fault(self, sqs, caplog):
        client, engine = sqs
        engine.answer = KeyError('x')
        error = error_of(client.receive_message, QueueUrl='u')['Error']
        assert (error['Code'], error['Type']) == ('InternalFailure', 'Receiver')

    @pytest.mark.parametrize('target', ['', 'AmazonSQS.', 'AmazonSQS.Nonsense', 'Other.SendMessage'])
    def test_an_unknown_target_is_a_404_in_json(self, apis, target):
        response = apis['sqs'].handle(request(x_amz_target=target), api_context())
        assert response.status == 404
        assert json.loads(response.body)['__type'].endswith('#UnknownOperationException')

    def test_garbage_is_a_serialization_exception(self, apis):
        garbage = request(x_amz_target='AmazonSQS.SendMessage', body=base64.b64decode('AAEC'))
        response = apis['sqs'].handle(garbage, api_context())
        assert response.status == 400
        assert json.loads(response.body)['__type'].endswith('#SerializationException')
