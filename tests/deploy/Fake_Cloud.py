import base64
import hashlib
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

from botocore.exceptions import ClientError

from osbot_lambda.aws.session.AWS_Session import AWS_Session

BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
WRITES = ('create', 'update', 'put', 'publish', 'attach', 'delete')


class Fake_Session(AWS_Session):
    """A session whose clients are a Fake_Cloud: no network, every call on record."""

    def __init__(self, cloud, target='http://127.0.0.1:1'):
        super().__init__({'region_name': 'eu-west-1'}, target)
        self.cloud = cloud

    def client(self, service=None):
        calls = {name: self.cloud.recorded(name) for name in dir(self.cloud) if name.split('_')[0] in Fake_Cloud.VERBS}
        return SimpleNamespace(
            get_paginator=lambda name: SimpleNamespace(paginate=lambda **given: [calls[name](**given)]),
            meta=SimpleNamespace(method_to_api_mapping={}),
            **calls,
        )

    def account_id(self):
        return '123456789012'


class Fake_Cloud:
    """Just enough of Lambda, IAM and S3 to deploy to. `calls` has the name of each call.

    faults is {call number from 0: 'before' or 'after'}: the call is cut by a Ctrl-C before or after its effect.
    """

    VERBS = ('create', 'update', 'get', 'put', 'publish', 'head', 'attach', 'list')

    def __init__(self, busy_looks=0):
        self.functions, self.roles, self.buckets, self.objects, self.layers = {}, {}, set(), {}, {}
        self.images = {}  # what a tag stands for
        self.calls, self.sent, self.faults = [], [], {}
        self.busy_looks = busy_looks  # after a change, so many looks find it in progress
        self.looks_left = 0
        self.errors = {}  # call name: list of ClientErrors to answer with first

    @property
    def writes(self):
        return [name for name in self.calls if name.startswith(WRITES)]

    def recorded(self, name):
        def call(**parameters):
            number = len(self.calls)
            self.calls.append(name)
            self.sent.append((name, parameters))
            if self.faults.get(number) == 'before':
                raise KeyboardInterrupt
            if self.errors.get(name):
                raise self.errors[name].pop(0)
            try:
                answer = getattr(self, name)(**parameters)
            finally:
                if self.faults.get(number) == 'after':
                    raise KeyboardInterrupt
            return {**answer, 'ResponseMetadata': {}}

        return call

    @staticmethod
    def error(code, message, status=400):
        answer = {'Error': {'Code': code, 'Message': message}, 'ResponseMetadata': {'HTTPStatusCode': status}}
        return ClientError(answer, 'Fake')

    # ---- lambda

    def get_function_configuration(self, FunctionName):
        if FunctionName not in self.functions:
            raise self.error('ResourceNotFoundException', 'Function not found', 404)
        if self.looks_left > 0:
            self.looks_left -= 1
            return dict(self.functions[FunctionName])
        self.functions[FunctionName].update(self.settled(self.functions[FunctionName]))
        return dict(self.functions[FunctionName])

    @staticmethod
    def settled(function):
        failed = function.get('LastUpdateStatus') == 'Failed'
        return {} if failed else {'State': 'Active', 'LastUpdateStatus': 'Successful'}

    def create_function(self, FunctionName, Code, **settings):
        if FunctionName in self.functions:
            raise self.error('ResourceConflictException', 'Function already exist: ' + FunctionName, 409)
        self.functions[FunctionName] = {
            'FunctionName': FunctionName,
            'FunctionArn': f'arn:aws:lambda:eu-west-1:123456789012:function:{FunctionName}',
            'State': 'Pending',
            **settings,
        }
        return self._changed(FunctionName, self._code(Code))

    def update_function_code(self, FunctionName, **code):
        self._refuse_when_busy(FunctionName)
        return self._changed(FunctionName, {'LastUpdateStatus': 'InProgress', **self._code(code)})

    def update_function_configuration(self, FunctionName, **settings):
        self._refuse_when_busy(FunctionName)
        return self._changed(FunctionName, {'LastUpdateStatus': 'InProgress', **settings})

    def _refuse_when_busy(self, name):
        if self.looks_left > 0:
            self.looks_left -= 1
            raise self.error(
                'ResourceConflictException',
                'The operation cannot be performed at this time. An update is in progress for resource',
                409,
            )

    def _code(self, code):
        if 'ImageUri' in code:
            digest = hashlib.sha256(self.images.get(code['ImageUri'], code['ImageUri']).encode()).hexdigest()
            return {'CodeSha256': digest, 'PackageType': 'Image'}
        data = code['ZipFile'] if 'ZipFile' in code else self.objects[code['S3Bucket'], code['S3Key']]
        return {'CodeSha256': base64.b64encode(hashlib.sha256(data).digest()).decode()}

    def _changed(self, name, values):
        if 'Layers' in self.functions[name] | values:
            layers = values.get('Layers', self.functions[name].get('Layers'))
            values = {**values, 'Layers': [layer if isinstance(layer, dict) else {'Arn': layer} for layer in layers]}
        self.functions[name].update({**values, 'RevisionId': str(uuid.uuid4())})
        self.looks_left = self.busy_looks
        return dict(self.functions[name])

    def publish_layer_version(self, LayerName, Content, **given):
        versions = self.layers.setdefault(LayerName, [])
        arn = f'arn:aws:lambda:eu-west-1:123456789012:layer:{LayerName}:{len(versions) + 1}'
        versions.append({'LayerVersionArn': arn, 'Version': len(versions) + 1, 'zip': Content['ZipFile'], **given})
        return versions[-1]

    def list_layer_versions(self, LayerName, MaxItems):
        return {'LayerVersions': self.layers.get(LayerName, [])[::-1][:MaxItems]}

    def get_layer_version_by_arn(self, Arn):
        return {'LayerVersionArn': Arn, 'Content': {'CodeSize': 1}}

    # ---- iam

    def get_role(self, RoleName):
        if RoleName not in self.roles:
            raise self.error('NoSuchEntity', 'The role cannot be found', 404)
        return {'Role': self.roles[RoleName]}

    def create_role(self, RoleName, AssumeRolePolicyDocument, Description=''):
        arn = f'arn:aws:iam::123456789012:role/{RoleName}'
        self.roles[RoleName] = {'RoleName': RoleName, 'Arn': arn, 'CreateDate': datetime.now(UTC), 'policies': set()}
        self.roles[RoleName]['Description'] = Description
        return {'Role': self.roles[RoleName]}

    def attach_role_policy(self, RoleName, PolicyArn):
        self.roles[RoleName]['policies'].add(PolicyArn)
        return {}

    def list_attached_role_policies(self, RoleName):
        return {'AttachedPolicies': [{'PolicyArn': arn} for arn in self.roles[RoleName]['policies']]}

    # ---- s3

    def head_bucket(self, Bucket):
        if Bucket not in self.buckets:
            raise self.error('404', 'Not Found', 404)
        return {}

    def create_bucket(self, Bucket, CreateBucketConfiguration=None):
        self.buckets.add(Bucket)
        return {}

    def head_object(self, Bucket, Key):
        if (Bucket, Key) not in self.objects:
            raise self.error('404', 'Not Found', 404)
        return {}

    def put_object(self, Bucket, Key, Body):
        self.objects[Bucket, Key] = Body
        return {}
