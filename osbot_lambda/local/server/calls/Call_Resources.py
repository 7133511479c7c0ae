import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Optional

Params = Mapping[str, Any]
Found = list[tuple[str, str]]

SPECIAL = re.compile(r'[*?$]')  # in a policy they would be wildcards, or begin a variable
PARTIQL = ('ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction')
STATEMENT = re.compile(
    r'\s*(SELECT|INSERT|UPDATE|DELETE)\b(?:.*?\b(?:FROM|INTO))?\s+"?([\w.-]+)', re.IGNORECASE | re.DOTALL
)


class Call_Resources:
    """The resources that a call is about, as IAM sees them.

    Shapes : of() gives (operation, ARN) pairs. A call that IAM takes for several is given as those: a copy also as
             GetObject of what is copied, a transaction as its single writes. '*' stands for a resource that has no ARN,
             or that the parameters don't say.
    Source : AWS "Service Authorization Reference".
    """

    def __init__(self, account_id: str, region: str):
        self.account_id, self.region = account_id, region

    def of(self, service: str, operation: str, params: Params) -> Found:
        """All of them, each once; at least one."""
        finders: dict[str, Callable[[str, Params], Found]] = {
            's3': self._s3,
            'dynamodb': self._dynamodb,
            'sqs': self._sqs,
            'lambda': self._lambda,
            'sns': self._sns,
            'kinesis': self._kinesis,
            'logs': self._logs,
            'secretsmanager': self._secrets,
            'ssm': self._ssm,
            'events': self._events,
            'sts': self._sts,
            'states': self._states,
            'kms': self._kms,
        }
        finder = finders.get(service)
        found = finder(operation, params) if finder else []
        return list(dict.fromkeys(found)) or [(operation, '*')]

    # ---- each service

    def _s3(self, operation: str, params: Params) -> Found:
        bucket = _text(params, 'Bucket')
        if bucket is None:
            return []
        arn = f'arn:aws:s3:::{_plain(bucket)}'
        keys = params.get('Keys') or ([params['Key']] if 'Key' in params else [])
        if not keys:
            return [(operation, arn)]
        objects = [f'{arn}/{_plain(key)}' for key in keys]
        if 'VersionId' in params:
            versioned = {'GetObject': 'GetObjectVersion', 'HeadObject': 'GetObjectVersion'}
            operation = versioned.get(operation, 'DeleteObjectVersion' if operation == 'DeleteObject' else operation)
        found = [(operation, each) for each in objects]
        if source := _text(params, 'CopySource'):
            found.append(('GetObject', f'arn:aws:s3:::{_plain(source)}'))
        if operation in ('PutObject', 'CopyObject', 'CreateMultipartUpload'):
            extras = [f'PutObject{extra}' for extra in ('Tagging', 'Acl') if extra in params]
            found += [(extra, each) for extra in extras for each in objects]
        return found

    def _dynamodb(self, operation: str, params: Params) -> Found:
        if operation in ('BatchGetItem', 'BatchWriteItem'):
            return [(operation, self._table(name)) for name in _mapping(params.get('RequestItems'))]
        if operation in ('TransactWriteItems', 'TransactGetItems'):
            found = []
            for item in _mappings(params.get('TransactItems')):
                for kind, action in _mapping(item).items():
                    single = {'Put': 'PutItem', 'Update': 'UpdateItem', 'Delete': 'DeleteItem', 'Get': 'GetItem'}
                    name = _text(_mapping(action), 'TableName')
                    if name:
                        found.append((single.get(kind, 'ConditionCheckItem'), self._table(name)))
            return found
        if operation in PARTIQL:
            statements = [params, *_mappings(params.get('Statements')), *_mappings(params.get('TransactStatements'))]
            parsed = [STATEMENT.match(text) for each in statements if (text := _text(each, 'Statement'))]
            return [(f'PartiQL{match[1].title()}', self._table(match[2])) for match in parsed if match]
        if name := _text(params, 'TableName'):
            index = _text(params, 'IndexName')
            return [(operation, f'{self._table(name)}/index/{index}' if index else self._table(name))]
        return self._given(operation, params, ('StreamArn', 'ResourceArn', 'BackupArn', 'ExportArn', 'ImportArn'))

    def _table(self, name: str) -> str:
        return self._arn('dynamodb', f'table/{name}', name)

    def _sqs(self, operation: str, params: Params) -> Found:
        if url := _text(params, 'QueueUrl'):
            account, _, name = '/'.join(url.rstrip('/').split('/')[-2:]).partition('/')
            return [(operation, f'arn:aws:sqs:{self.region}:{account or self.account_id}:{name}')]
        if queue := _text(params, 'QueueName'):
            owner = _text(params, 'QueueOwnerAWSAccountId') or self.account_id
            return [(operation, f'arn:aws:sqs:{self.region}:{owner}:{queue}')]
        return self._given(operation, params, ('SourceArn', 'DestinationArn'))

    def _lambda(self, operation: str, params: Params) -> Found:
        if name := _text(params, 'FunctionName'):
            short = name.partition(':function:')[2] or name.removeprefix(f'{self.account_id}:function:')
            qualifier = _text(params, 'Qualifier')
            arn = self._arn('lambda', f'function:{short}', name)
            return [(operation, f'{arn}:{qualifier}' if qualifier and ':' not in short else arn)]
        if name := _text(params, 'LayerName'):
            version = _text(params, 'VersionNumber')
            arn = self._arn('lambda', f'layer:{name}', name)
            return [(operation, f'{arn}:{version}' if version else arn)]
        if mapping := _text(params, 'UUID'):
            return [(operation, f'arn:aws:lambda:{self.region}:{self.account_id}:event-source-mapping:{mapping}')]
        return self._given(operation, params, ('Resource', 'Arn'))

    def _sns(self, operation: str, params: Params) -> Found:
        if name := _text(params, 'Name'):
            return [(operation, f'arn:aws:sns:{self.region}:{self.account_id}:{name}')]
        return self._given(operation, params, ('TopicArn', 'TargetArn', 'ResourceArn', 'SubscriptionArn'))

    def _kinesis(self, operation: str, params: Params) -> Found:
        if arn := _text(params, 'ConsumerARN'):
            return [(operation, arn)]
        if name := _text(params, 'StreamName'):
            return [(operation, self._arn('kinesis', f'stream/{name}', name))]
        return self._given(operation, params, ('StreamARN', 'ResourceARN'))

    def _logs(self, operation: str, params: Params) -> Found:
        name = _text(params, 'logGroupName') or _text(params, 'logGroupIdentifier')
        several = params.get('logGroupNames') or params.get('logGroupIdentifiers') or ([name] if name else [])
        if not isinstance(several, list):
            return []
        groups = [self._arn('logs', f'log-group:{each}', each) for each in several if isinstance(each, str)]
        return [(operation, f'{group.removesuffix(":*")}:*') for group in groups]

    def _secrets(self, operation: str, params: Params) -> Found:
        ids = params.get('SecretIdList') or [params.get('SecretId') or params.get('Name')]
        # AWS puts a dash and six characters at the end of a secret's ARN
        names = [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else []
        single = operation.removeprefix('Batch')
        found = [(single, self._arn('secretsmanager', f'secret:{each}-??????', each)) for each in names]
        return found if single == operation else [(operation, '*'), *found]

    def _ssm(self, operation: str, params: Params) -> Found:
        several = params.get('Names') or [params.get('Name')]
        names = [each for each in several if isinstance(each, str)] if isinstance(several, list) else []
        if 'Parameter' not in operation:
            return []
        found = [(operation, self._parameter(name)) for name in names]
        if path := _text(params, 'Path'):
            arn = self._parameter(path).rstrip('/')
            found += [(operation, arn), (operation, f'{arn}/*')]
        return found

    def _parameter(self, name: str) -> str:
        return self._arn('ssm', f'parameter/{name.lstrip("/")}', name)

    def _events(self, operation: str, params: Params) -> Found:
        if operation == 'PutEvents':
            buses = [_text(entry, 'EventBusName') or 'default' for entry in _mappings(params.get('Entries'))]
            return [(operation, self._arn('events', f'event-bus/{bus}', bus)) for bus in buses]
        bus = _text(params, 'EventBusName')
        rule = _text(params, 'Rule') or (_text(params, 'Name') if operation.endswith('Rule') else None)
        if rule:
            inside = '' if bus in (None, 'default') else f'{str(bus).rpartition("/")[2]}/'
            return [(operation, self._arn('events', f'rule/{inside}{rule}', rule))]
        if operation.endswith('EventBus') and (name := _text(params, 'Name')):
            return [(operation, self._arn('events', f'event-bus/{name}', name))]
        return self._given(operation, params, ('ResourceARN',))

    def _sts(self, operation: str, params: Params) -> Found:
        return self._given(operation, params, ('RoleArn',))

    def _states(self, operation: str, params: Params) -> Found:
        return self._given(operation, params, ('stateMachineArn', 'executionArn', 'activityArn', 'resourceArn'))

    def _kms(self, operation: str, params: Params) -> Found:
        key = _text(params, 'KeyId')
        if key is None or key.startswith('alias/'):  # a policy can't name a key by an alias
            return []
        return [(operation, self._arn('kms', f'key/{key}', key))] if ':alias/' not in key else []

    # ---- what they share

    def _arn(self, service: str, resource: str, given: str) -> str:
        """`given` when it is an ARN, else that of the resource here."""
        if given.startswith('arn:'):
            return given
        return f'arn:aws:{service}:{self.region}:{self.account_id}:{_plain(resource, keep="?")}'

    def _given(self, operation: str, params: Params, names: Iterable[str]) -> Found:
        arn = next((found for name in names if (found := _text(params, name))), None)
        return [(operation, arn)] if arn else []


def _text(params: Any, name: str) -> Optional[str]:
    value = params.get(name)
    return value if isinstance(value, str) and value else None


def _plain(text: str, keep: str = '') -> str:
    return SPECIAL.sub(lambda found: found[0] if found[0] in keep else f'${{{found[0]}}}', text)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
