from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

READ_QUEUE = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']
READ_KINESIS = [
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
    'kinesis:SubscribeToShard',
]
READ_DYNAMODB = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator']
READING = {'sqs': READ_QUEUE, 'kinesis': READ_KINESIS, 'dynamodb': READ_DYNAMODB}
LISTING = {'kinesis': 'kinesis:ListStreams', 'dynamodb': 'dynamodb:ListStreams'}  # on '*' alone
SENDING = {'sqs': 'sqs:SendMessage', 'sns': 'sns:Publish'}
TRACE = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']
NETWORK = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
]
LOG = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']

OF_SOURCES = frozenset(LISTING.values()).union(*READING.values())
OF_CONFIGURATION = frozenset(SENDING.values()).union(TRACE, NETWORK, LOG)

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Role_Needs:
    """What a function's role has to be allowed, for Lambda to run it as it is configured; its own code not counted.

    Shapes : sources are the ARNs of the queues and streams that run it; dead_letter is the ARN of a queue or topic, or
             ''; log_group is its name.
    Source : AWS's managed policies AWSLambdaSQSQueueExecutionRole, AWSLambdaKinesisExecutionRole,
             AWSLambdaDynamoDBExecutionRole, AWSLambdaVPCAccessExecutionRole and AWSXRayDaemonWriteAccess.
    """

    log_group: str
    sources: tuple[str, ...] = ()
    dead_letter: str = ''
    tracing: bool = False
    vpc: bool = False

    @classmethod
    def of(cls, name: str, configuration: Optional[Mapping[str, Any]], sources: tuple[str, ...] = ()) -> 'Role_Needs':
        """Of a function by GetFunctionConfiguration's answer; None for one that isn't there."""
        has = configuration or {}
        network = has.get('VpcConfig') or {}
        return cls(
            log_group=(has.get('LoggingConfig') or {}).get('LogGroup') or f'/aws/lambda/{name}',
            sources=tuple(sorted(sources)),
            dead_letter=(has.get('DeadLetterConfig') or {}).get('TargetArn') or '',
            tracing=(has.get('TracingConfig') or {}).get('Mode') == 'Active',
            vpc=bool(network.get('SubnetIds')),
        )

    def logs(self, role_arn: str, region: str) -> Statement:
        """The statement for its own log group, in the role's account."""
        _, partition, _, _, account, _ = role_arn.split(':', 5)
        arn = f'arn:{partition}:logs:{region}:{account}:log-group:{self.log_group}'
        return _allow(LOG, [arn, f'{arn}:*'])

    def policy(self, role_arn: str, region: str) -> list[Statement]:
        """The statements of all that it needs."""
        return [self.logs(role_arn, region), *self.statements()]

    def statements(self) -> list[Statement]:
        """What it needs beside its logs."""
        found = []
        for service, actions in READING.items():
            arns = [arn for arn in self.sources if arn.split(':')[2] == service]
            if arns:
                found.append(_allow(actions, arns))
            if arns and service in LISTING:
                found.append(_allow([LISTING[service]], ['*']))
        if self.dead_letter:
            found.append(_allow([SENDING[self.dead_letter.split(':')[2]]], [self.dead_letter]))
        if self.tracing:
            found.append(_allow(TRACE, ['*']))
        if self.vpc:
            found.append(_allow(NETWORK, ['*']))
        return found


def _allow(actions: list[str], resources: list[str]) -> Statement:
    return {'Effect': 'Allow', 'Action': list(actions), 'Resource': resources}
