from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.protocol.Service_Api import Service_Api
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from tests.local.server.protocol.In_Process_Client import ACCOUNT, ENDPOINT, api_context

URL = f'{ENDPOINT}/{ACCOUNT}/q'
SPACE = '{http://queue.amazonaws.com/doc/2012-11-05/}'


@pytest.fixture(scope='module')
def api():
    return Service_Api('sqs', Sqs_Engine())


@pytest.fixture
def call(api):
    """call(Action=..., ...) -> (status, root element), with the names as they are on the wire."""

    def post(path='/', **fields):
        form = urlencode({name.replace('__', '.'): value for name, value in fields.items()}).encode()
        headers = {'content-type': 'application/x-www-form-urlencoded; charset=utf-8'}
        response = api.handle(Http_Request('POST', path, '', headers, form), api_context())
        assert response.header('content-type') == 'text/xml'
        return response.status, ElementTree.fromstring(response.body)

    assert post(Action='CreateQueue', QueueName='q')[0] == 200
    yield post
    api.engine.reset(ACCOUNT)


def texts(root, path):
    return [element.text for element in root.findall('/'.join(SPACE + step for step in path.split('/')))]


class test_Protocol__Query:
    def test_a_result_is_wrapped_in_its_names(self, call):
        status, root = call(Action='GetQueueUrl', QueueName='q', Version='2012-11-05')
        assert (status, root.tag) == (200, f'{SPACE}GetQueueUrlResponse')
        assert texts(root, 'GetQueueUrlResult/QueueUrl') == [URL]
        assert len(texts(root, 'ResponseMetadata/RequestId')[0]) == 36

    def test_an_operation_without_result_has_only_metadata(self, call):
        _, root = call(Action='PurgeQueue', QueueUrl=URL)
        assert [child.tag for child in root] == [f'{SPACE}ResponseMetadata']

    def test_maps_are_flattened_in_and_out(self, call):
        fields = {'Attribute.1.Name': 'DelaySeconds', 'Attribute.1.Value': '7'}
        fields |= {'Attribute.2.Name': 'VisibilityTimeout', 'Attribute.2.Value': '9'}
        assert call(Action='SetQueueAttributes', QueueUrl=URL, **fields)[0] == 200
        names = {'AttributeName.1': 'VisibilityTimeout', 'AttributeName.2': 'DelaySeconds'}
        _, root = call(Action='GetQueueAttributes', QueueUrl=URL, **names)
        result = 'GetQueueAttributesResult/Attribute'
        told = dict(zip(texts(root, result + '/Name'), texts(root, result + '/Value'), strict=True))
        assert told == {'DelaySeconds': '7', 'VisibilityTimeout': '9'}

    def test_tags_have_keys(self, call):
        call(Action='TagQueue', QueueUrl=URL, Tag__1__Key='a', Tag__1__Value='1')
        _, root = call(Action='ListQueueTags', QueueUrl=URL)
        assert texts(root, 'ListQueueTagsResult/Tag/Key') == ['a']
        assert texts(root, 'ListQueueTagsResult/Tag/Value') == ['1']

    def test_a_message_goes_through_with_its_attributes(self, call):
        body = '<é>&\r\n\t'
        attributes = {
            'MessageAttribute.1.Name': 'text',
            'MessageAttribute.1.Value.DataType': 'String',
            'MessageAttribute.1.Value.StringValue': 'v',
            'MessageAttribute.2.Name': 'bytes',
            'MessageAttribute.2.Value.DataType': 'Binary',
            'MessageAttribute.2.Value.BinaryValue': 'AP8=',
        }
        _, sent = call(Action='SendMessage', QueueUrl=URL, MessageBody=body, DelaySeconds='0', **attributes)
        fields = {'MessageAttributeName.1': 'All', 'AttributeName.1': 'ApproximateReceiveCount'}
        _, root = call(Action='ReceiveMessage', QueueUrl=URL, MaxNumberOfMessages='10', **fields)
        message = 'ReceiveMessageResult/Message'
        assert texts(root, f'{message}/Body') == [body]
        assert texts(root, f'{message}/MessageId') == texts(sent, 'SendMessageResult/MessageId')
        assert texts(root, f'{message}/Attribute/Name') == ['ApproximateReceiveCount']
        assert texts(root, f'{message}/MessageAttribute/Name') == ['text', 'bytes']
        assert texts(root, f'{message}/MessageAttribute/Value/StringValue') == ['v']
        assert texts(root, f'{message}/MessageAttribute/Value/BinaryValue') == ['AP8=']

    def test_a_batch_has_numbered_entries_in_their_order(self, call):
        fields = {f'SendMessageBatchRequestEntry.{number}.Id': f'e{number}' for number in range(1, 11)}
        fields |= {f'SendMessageBatchRequestEntry.{number}.MessageBody': 'x' for number in range(2, 11)}
        fields['SendMessageBatchRequestEntry.1.MessageBody'] = '\x00'
        _, root = call(Action='SendMessageBatch', QueueUrl=URL, **fields)
        result = 'SendMessageBatchResult'
        ids = texts(root, f'{result}/SendMessageBatchResultEntry/Id')
        assert ids == [f'e{number}' for number in range(2, 11)]
        assert texts(root, f'{result}/BatchResultErrorEntry/Code') == ['InvalidMessageContents']
        assert texts(root, f'{result}/BatchResultErrorEntry/SenderFault') == ['true']

    def test_lists_of_urls_are_flattened(self, call):
        call(Action='CreateQueue', QueueName='q2')
        _, root = call(Action='ListQueues')
        assert texts(root, 'ListQueuesResult/QueueUrl') == [URL, URL + '2']

    def test_a_request_to_a_queues_own_path_means_that_queue(self, call):
        assert call(f'/{ACCOUNT}/q', Action='SendMessage', MessageBody='x')[0] == 200
        _, root = call(f'/{ACCOUNT}/q', Action='ReceiveMessage')
        assert texts(root, 'ReceiveMessageResult/Message/Body') == ['x']

    def test_a_get_has_its_form_in_the_query(self, call, api):
        request = Http_Request('GET', f'/{ACCOUNT}/q', 'Action=SendMessage&MessageBody=a+b', {}, b'')
        assert api.handle(request, api_context()).status == 200
        assert texts(call(Action='ReceiveMessage', QueueUrl=URL)[1], 'ReceiveMessageResult/Message/Body') == ['a b']

    @pytest.mark.parametrize(
        ('fields', 'code', 'message'),
        [
            (
                {'Action': 'GetQueueUrl', 'QueueName': 'none'},
                'AWS.SimpleQueueService.NonExistentQueue',
                'The specified queue does not exist.',
            ),
            ({'Action': 'CreateQueue'}, 'MissingParameter', 'The request must contain the parameter QueueName.'),
            ({'Action': 'Dance<'}, 'InvalidAction', 'The action Dance< is not valid for this endpoint.'),
            ({}, 'InvalidAction', 'The action  is not valid for this endpoint.'),
            (
                {'Action': 'ReceiveMessage', 'QueueUrl': URL, 'WaitTimeSeconds': 'x'},
                'SerializationException',
                'STRING_VALUE can not be converted to an Integer',
            ),
        ],
        ids=['no queue', 'missing', 'unknown', 'none', 'no number'],
    )
    def test_an_error_has_the_old_code(self, call, fields, code, message):
        status, root = call(**fields)
        assert (status, root.tag) == (400, f'{SPACE}ErrorResponse')
        assert texts(root, 'Error/Type') == ['Sender']
        assert texts(root, 'Error/Code') == [code]
        assert texts(root, 'Error/Message') == [message]
        assert len(texts(root, 'RequestId')[0]) == 36

    @pytest.mark.parametrize(
        'fields',
        [
            {'Action.Name': 'x'},
            {'Action': 'CreateQueue', 'QueueName.1': 'x'},
            {'Action': 'CreateQueue', 'QueueName': 'x', 'Attribute.1.Name.2': 'x'},
            {'Action': 'SendMessageBatch', 'QueueUrl': URL, 'SendMessageBatchRequestEntry.1': 'x'},
        ],
    )
    def test_a_strange_form_is_refused_not_a_crash(self, call, fields):
        assert call(**fields)[0] == 400
