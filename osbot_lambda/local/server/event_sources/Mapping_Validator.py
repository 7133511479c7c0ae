from collections.abc import Mapping
from typing import Any, Optional

from osbot_lambda.local.server.event_sources.Event_Source_Mapping import Event_Source_Mapping
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Version import Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine

NOT_FOR_SQS = (
    'StartingPosition',
    'StartingPositionTimestamp',
    'ParallelizationFactor',
    'BisectBatchOnFunctionError',
    'MaximumRecordAgeInSeconds',
    'MaximumRetryAttempts',
    'TumblingWindowInSeconds',
)
NOT_YET = ('ProvisionedPollerConfig', 'KMSKeyArn', 'MetricsConfig', 'LoggingConfig')


class Mapping_Validator:
    """What Lambda checks of an event source mapping beyond the service model's own constraints.

    Errors : Api__Error InvalidParameterValueException with AWS's texts; what the local cloud lacks is named.
    """

    def __init__(self, functions: Function_Store, sqs: Sqs_Engine):
        self.functions, self.sqs = functions, sqs

    def check_source(self, params: Mapping[str, Any]) -> None:
        """The source of CreateEventSourceMapping: an SQS queue, standard."""
        arn = params.get('EventSourceArn', '')
        service = arn.split(':')[2] if arn.count(':') >= 5 else ''
        if service in ('kinesis', 'dynamodb'):
            raise Lambda_Errors.not_yet(f'event source mappings for {service}')
        if service != 'sqs':
            raise Lambda_Errors.invalid('Unrecognized event source.')
        if arn.endswith('.fifo'):
            raise Lambda_Errors.not_yet('FIFO queues as event sources')
        for name in NOT_FOR_SQS:
            if name in params:
                raise Lambda_Errors.invalid(f'{name} is not valid for SQS event sources.')

    def check_options(self, params: Mapping[str, Any]) -> None:
        """What Create… and UpdateEventSourceMapping have in common."""
        if 'DestinationConfig' in params:
            raise Lambda_Errors.invalid('Unsupported DestinationConfig parameter for given event source mapping type.')
        if (params.get('FilterCriteria') or {}).get('Filters'):
            raise Lambda_Errors.not_yet('FilterCriteria for event source mappings')
        for name in NOT_YET:
            if params.get(name):
                raise Lambda_Errors.not_yet(f'{name} for event source mappings')

    def check_whole(self, mapping: Event_Source_Mapping) -> None:
        """The mapping as it would be: batch and window, the function, the queue, and their two timeouts."""
        if mapping.batch_size > 10 and mapping.window == 0:
            raise Lambda_Errors.invalid(
                'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10'
            )
        version = self._version(mapping.function)
        if version is None:
            raise Lambda_Errors.invalid('Function does not exist')
        queue = self.sqs.queue_by_arn(mapping.source_arn)
        if queue is None:
            raise Lambda_Errors.invalid(
                'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. '
                'SQS Error Message: The specified queue does not exist.'
            )
        if queue.visibility_timeout < version.config.timeout:
            raise Lambda_Errors.invalid(
                f'Queue visibility timeout: {queue.visibility_timeout} seconds is less than '
                f'Function timeout: {version.config.timeout} seconds'
            )

    def _version(self, ref: Function_Ref) -> Optional[Function_Version]:
        function = self.functions.find(ref)
        return function.version(ref.qualifier) if function else None
