from botocore.eventstream import EventStreamBuffer
from botocore.session import get_session

from osbot_lambda.local.server.protocol.Event_Stream import Event_Stream

SHAPE = get_session().get_service_model('lambda').shape_for('InvokeWithResponseStreamResponseEvent')


class test_Event_Stream:
    def test_botocore_reads_every_message_and_its_checksums(self):
        events = [
            ('PayloadChunk', {'Payload': b'\0\xff' * 70_000}),
            ('PayloadChunk', {'Payload': b''}),
            ('InvokeComplete', {'ErrorCode': 'Unhandled', 'ErrorDetails': 'é'}),
            ('InvokeComplete', {}),
        ]
        buffer = EventStreamBuffer()
        buffer.add_data(Event_Stream(SHAPE).encode(events))
        found = [(event.headers, event.payload) for event in buffer]
        assert [(headers[':event-type'], payload) for headers, payload in found] == [
            ('PayloadChunk', b'\0\xff' * 70_000),
            ('PayloadChunk', b''),
            ('InvokeComplete', b'{"ErrorCode":"Unhandled","ErrorDetails":"\\u00e9"}'),
            ('InvokeComplete', b'{}'),
        ]
        assert found[0][0][':content-type'] == 'application/octet-stream'
        assert found[2][0][':content-type'] == 'application/json'
        assert {headers[':message-type'] for headers, _ in found} == {'event'}
