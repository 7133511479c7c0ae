import base64
import json
import re
import threading
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.sqs.Message_Attributes import Message_Attributes
from osbot_lambda.local.server.sqs.Queue_Attributes import Queue_Attributes
from osbot_lambda.local.server.sqs.Sqs_Batch import Sqs_Batch
from osbot_lambda.local.server.sqs.Sqs_Errors import Sqs_Errors
from osbot_lambda.local.server.sqs.Sqs_Message import Sqs_Message
from osbot_lambda.local.server.sqs.Sqs_Queue import Sqs_Queue

Params = dict[str, Any]


class Sqs_Engine:
    """SQS of all accounts and regions: standard queues.

    Shapes : API methods take (Api_Context, parameters) and return results with the keys of AWS's API reference.
    Errors : Api__Error with AWS's codes and texts; FIFO queues are refused (UnsupportedOperation).
    Unlike AWS, a queue can be made again, or purged again, within 60 seconds.
    """

    QUEUE_NAME = re.compile(r'[A-Za-z0-9_-]{1,80}')
    MAX_BATCH_BYTES = 1048576
    MAX_RECEIVE = 10
    MAX_WAIT = 20
    MAX_PAGE = 1000
    SYSTEM_ATTRIBUTES = (  # what a receiver may ask for, besides All
        'ApproximateFirstReceiveTimestamp',
        'ApproximateReceiveCount',
        'AWSTraceHeader',
        'DeadLetterQueueSourceArn',
        'MessageDeduplicationId',
        'MessageGroupId',
        'SenderId',
        'SentTimestamp',
        'SequenceNumber',
    )

    def __init__(self, clock: Optional[Clock] = None):
        self.clock = clock or Clock()
        self.queues: dict[tuple[str, str, str], Sqs_Queue] = {}  # by account, region, name
        self.lock = threading.Lock()  # of the dict; each queue has its own
        self.stopping = threading.Event()

    # ---- for the cloud itself

    def queue_by_arn(self, arn: str) -> Optional[Sqs_Queue]:
        """The queue, or None: for event sources, destinations, redrive."""
        parts = arn.split(':')
        if len(parts) != 6 or parts[2] != 'sqs':
            return None
        return self.queues.get((parts[4], parts[3], parts[5]))

    def reset(self, account_id: str) -> None:
        """Drop all queues of an account; their waiting receivers are woken."""
        with self.lock:
            gone = [self.queues.pop(key) for key in list(self.queues) if key[0] == account_id]
        for queue in gone:
            queue.remove()

    def stop(self) -> None:
        """The cloud stops: ReceiveMessage calls that wait are answered at once, with nothing."""
        self.stopping.set()
        for queue in list(self.queues.values()):
            queue.wake()

    # ---- queues

    def create_queue(self, context: Api_Context, params: Params) -> Params:
        """CreateQueue: also when it is there already with the same attributes."""
        name, given = params['QueueName'], params.get('Attributes', {})
        if name.endswith('.fifo') or given.get('FifoQueue', '').lower() == 'true':
            raise Api__Error('UnsupportedOperation', f'The local cloud has no FIFO queues yet: {name}')
        if not self.QUEUE_NAME.fullmatch(name):
            words = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'
            raise Sqs_Errors.invalid(words)
        key = context.account_id, context.region, name
        attributes = Queue_Attributes.check(given)
        self._check_redrive(context, attributes)
        with self.lock:
            queue = self.queues.get(key)
            if queue is None:
                queue = Sqs_Queue(*key, attributes, self.clock, self.queue_by_arn)
                queue.tags.update(params.get('tags', {}))
                self.queues[key] = queue
        for attribute, value in attributes.items():
            if queue.settings.get(attribute, '') != value:
                message = f'A queue already exists with the same name and a different value for attribute {attribute}'
                raise Api__Error('QueueNameExists', message)
        return {'QueueUrl': self._url(context, queue)}

    def delete_queue(self, context: Api_Context, params: Params) -> None:
        """DeleteQueue."""
        queue = self._queue(context, params)
        with self.lock:
            self.queues.pop((queue.account_id, queue.region, queue.name), None)
        queue.remove()

    def purge_queue(self, context: Api_Context, params: Params) -> None:
        """PurgeQueue."""
        self._queue(context, params).purge()

    def get_queue_url(self, context: Api_Context, params: Params) -> Params:
        """GetQueueUrl."""
        account_id = params.get('QueueOwnerAWSAccountId') or context.account_id
        queue = self.queues.get((account_id, context.region, params['QueueName']))
        if queue is None:
            raise Sqs_Errors.no_such_queue()
        return {'QueueUrl': self._url(context, queue)}

    def list_queues(self, context: Api_Context, params: Params) -> Params:
        """ListQueues, by name; pages when MaxResults is given."""
        prefix = params.get('QueueNamePrefix', '')
        queues = [queue for queue in self._queues_of(context) if queue.name.startswith(prefix)]
        return self._page('QueueUrls', queues, context, params)

    def list_dead_letter_source_queues(self, context: Api_Context, params: Params) -> Params:
        """ListDeadLetterSourceQueues: the queues whose redrive policy names this one."""
        target = self._queue(context, params)
        queues = [queue for queue in self._queues_of(context) if queue.dead_letter_arn == target.arn]
        return {'queueUrls': [], **self._page('queueUrls', queues, context, params)}

    def get_queue_attributes(self, context: Api_Context, params: Params) -> Params:
        """GetQueueAttributes: those asked for, 'All' for all."""
        queue, names = self._queue(context, params), params.get('AttributeNames', [])
        for name in names:
            if name != 'All' and not Queue_Attributes.exists(name):
                raise Sqs_Errors.unknown_attribute(name)
        if not names:
            return {}
        attributes = queue.attributes()
        if 'All' not in names:
            attributes = {name: value for name, value in attributes.items() if name in names}
        return {'Attributes': attributes or None}

    def set_queue_attributes(self, context: Api_Context, params: Params) -> None:
        """SetQueueAttributes; '' removes a policy."""
        queue = self._queue(context, params)
        attributes = Queue_Attributes.check(params['Attributes'])
        self._check_redrive(context, attributes)
        queue.update(attributes)

    def list_queue_tags(self, context: Api_Context, params: Params) -> Params:
        """ListQueueTags."""
        return {'Tags': dict(self._queue(context, params).tags) or None}

    def tag_queue(self, context: Api_Context, params: Params) -> None:
        """TagQueue."""
        self._queue(context, params).tags.update(params['Tags'])

    def untag_queue(self, context: Api_Context, params: Params) -> None:
        """UntagQueue."""
        tags = self._queue(context, params).tags
        for key in params['TagKeys']:
            tags.pop(key, None)

    # ---- messages

    def send_message(self, context: Api_Context, params: Params) -> Params:
        """SendMessage."""
        return self._send(context, self._queue(context, params), params)

    def send_message_batch(self, context: Api_Context, params: Params) -> Params:
        """SendMessageBatch."""
        queue, entries = self._queue(context, params), params['Entries']
        Sqs_Batch.check('SendMessageBatchRequestEntry', entries)
        size = sum(queue.size(entry['MessageBody'], entry.get('MessageAttributes', {})) for entry in entries)
        if size > self.MAX_BATCH_BYTES:
            message = f'Batch requests cannot be longer than {self.MAX_BATCH_BYTES} bytes. You have sent {size} bytes.'
            raise Api__Error('BatchRequestTooLong', message)
        return Sqs_Batch.run(entries, lambda entry: self._send(context, queue, entry))

    def receive_message(self, context: Api_Context, params: Params) -> Params:
        """ReceiveMessage, with long polling."""
        queue = self._queue(context, params)
        most, wait = params.get('MaxNumberOfMessages', 1), params.get('WaitTimeSeconds', queue.wait_seconds)
        visibility = params.get('VisibilityTimeout')
        if not 1 <= most <= self.MAX_RECEIVE:
            reason = f'Must be between 1 and {self.MAX_RECEIVE}, if provided.'
            raise Sqs_Errors.invalid_value('MaxNumberOfMessages', most, reason)
        if not 0 <= wait <= self.MAX_WAIT:
            reason = f'Must be >= 0 and <= {self.MAX_WAIT}, if provided.'
            raise Sqs_Errors.invalid_value('WaitTimeSeconds', wait, reason)
        if visibility is not None and not 0 <= visibility <= Sqs_Queue.MAX_VISIBILITY:
            reason = f'Must be between 0 and {Sqs_Queue.MAX_VISIBILITY}, if provided.'
            raise Sqs_Errors.invalid_value('VisibilityTimeout', visibility, reason)
        system_names = {*params.get('AttributeNames', ()), *params.get('MessageSystemAttributeNames', ())}
        for name in system_names:
            if name != 'All' and name not in self.SYSTEM_ATTRIBUTES:
                raise Sqs_Errors.unknown_attribute(name)
        names = params.get('MessageAttributeNames', ())
        messages = queue.receive(most, wait, visibility, self.stopping)
        return {'Messages': [self._told(message, system_names, names) for message in messages] or None}

    def delete_message(self, context: Api_Context, params: Params) -> None:
        """DeleteMessage."""
        self._queue(context, params).delete(params['ReceiptHandle'])

    def delete_message_batch(self, context: Api_Context, params: Params) -> Params:
        """DeleteMessageBatch."""
        queue, entries = self._queue(context, params), params['Entries']
        Sqs_Batch.check('DeleteMessageBatchRequestEntry', entries)

        def delete(entry: Params) -> Params:
            queue.delete(entry['ReceiptHandle'])
            return {}

        return Sqs_Batch.run(entries, delete)

    def change_message_visibility(self, context: Api_Context, params: Params) -> None:
        """ChangeMessageVisibility."""
        self._queue(context, params).change_visibility(params['ReceiptHandle'], params['VisibilityTimeout'])

    def change_message_visibility_batch(self, context: Api_Context, params: Params) -> Params:
        """ChangeMessageVisibilityBatch."""
        queue, entries = self._queue(context, params), params['Entries']
        Sqs_Batch.check('ChangeMessageVisibilityBatchRequestEntry', entries)

        def change(entry: Params) -> Params:
            if 'VisibilityTimeout' not in entry:
                raise Api__Error('MissingParameter', 'The request must contain the parameter VisibilityTimeout.')
            queue.change_visibility(entry['ReceiptHandle'], entry['VisibilityTimeout'])
            return {}

        return Sqs_Batch.run(entries, change)

    # ---- inside

    def _queue(self, context: Api_Context, params: Params) -> Sqs_Queue:
        """The queue of a QueueUrl: the end of its path is /account/name, the host doesn't matter."""
        url = params['QueueUrl']
        parts = url.removesuffix('/').rsplit('/', 2)
        if len(parts) != 3 or not parts[1].isdecimal():
            raise Api__Error('InvalidAddress', f'The address {url} is not valid for this endpoint.', 404)
        queue = self.queues.get((parts[1], context.region, parts[2]))
        if queue is None:
            raise Sqs_Errors.no_such_queue()
        return queue

    @staticmethod
    def _url(context: Api_Context, queue: Sqs_Queue) -> str:
        return context.endpoint_url + queue.url_path

    def _queues_of(self, context: Api_Context) -> list[Sqs_Queue]:
        """The caller's queues in this region, by name."""
        here = context.account_id, context.region
        with self.lock:
            return [queue for key, queue in sorted(self.queues.items()) if key[:2] == here]

    def _page(self, key: str, queues: list[Sqs_Queue], context: Api_Context, params: Params) -> Params:
        """URLs of one page; NextToken is the last name of the page before."""
        most, token = params.get('MaxResults'), params.get('NextToken')
        if most is not None and not 1 <= most <= self.MAX_PAGE:
            reason = f'MaxResults must be an integer between 1 and {self.MAX_PAGE}.'
            raise Sqs_Errors.invalid_value('MaxResults', most, reason)
        if token:
            try:
                after = base64.b64decode(token, validate=True).decode()
            except ValueError:
                raise Sqs_Errors.invalid('Invalid or expired next token.') from None
            queues = [queue for queue in queues if queue.name > after]
        page = queues[: most or self.MAX_PAGE]
        result: Params = {key: [self._url(context, queue) for queue in page]} if page else {}
        if most and len(queues) > len(page):
            result['NextToken'] = base64.b64encode(page[-1].name.encode()).decode()
        return result

    def _check_redrive(self, context: Api_Context, attributes: dict[str, str]) -> None:
        """A dead-letter queue has to be there, in the caller's account and region."""
        policy = attributes.get('RedrivePolicy')
        if not policy:
            return
        queue = self.queue_by_arn(json.loads(policy)['deadLetterTargetArn'])
        if queue is None or (queue.account_id, queue.region) != (context.account_id, context.region):
            raise Sqs_Errors.invalid_value('RedrivePolicy', policy, 'Dead letter target does not exist.')

    def _send(self, context: Api_Context, queue: Sqs_Queue, params: Params) -> Params:
        """Send one message, or one entry of a batch."""
        system, given = {'SenderId': context.account_id}, params.get('MessageSystemAttributes', {})
        for name in given:
            if name != 'AWSTraceHeader':
                raise Sqs_Errors.invalid(f"Message system attribute name '{name}' is invalid.")
        if given:
            Message_Attributes.check(given)
            system['AWSTraceHeader'] = given['AWSTraceHeader'].get('StringValue', '')
        elif context.trace_id:
            system['AWSTraceHeader'] = context.trace_id
        if 'MessageDeduplicationId' in params:
            reason = 'The request include parameter that is not valid for this queue type.'
            raise Sqs_Errors.invalid_value('MessageDeduplicationId', params['MessageDeduplicationId'], reason)
        if 'MessageGroupId' in params:  # standard queues take it, too: fair queues
            system['MessageGroupId'] = params['MessageGroupId']
        sent = queue.send(params['MessageBody'], params.get('DelaySeconds'), params.get('MessageAttributes'), system)
        return {
            'MessageId': sent.message_id,
            'MD5OfMessageBody': sent.md5_of_body,
            'MD5OfMessageAttributes': sent.md5_of_attributes,
            'MD5OfMessageSystemAttributes': Message_Attributes.md5(given) if given else None,
        }

    @staticmethod
    def _told(message: Sqs_Message, system_names: set[str], names: Any) -> Params:
        """A message as ReceiveMessage tells it: the MD5 is of the attributes that are told."""
        told: Params = {
            'MessageId': message.message_id,
            'ReceiptHandle': message.receipt_handle,
            'MD5OfBody': message.md5_of_body,
            'Body': message.body,
        }
        if system_names:
            chosen = message.attributes
            if 'All' not in system_names:
                chosen = {name: value for name, value in chosen.items() if name in system_names}
            told['Attributes'] = chosen or None
        if names and message.message_attributes:
            attributes = Message_Attributes.chosen(message.message_attributes, names)
            if attributes:
                is_all = attributes is message.message_attributes
                told['MessageAttributes'] = attributes
                told['MD5OfMessageAttributes'] = (
                    message.md5_of_attributes if is_all else Message_Attributes.md5(attributes)
                )
        return told
