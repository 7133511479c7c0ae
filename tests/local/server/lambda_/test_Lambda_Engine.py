import json

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.lambda_.Lambda_Engine import Lambda_Engine
from osbot_lambda.local.server.protocol.Service_Api import Service_Api
from osbot_lambda.local.server.protocol.Service_Model import Service_Model
from tests.local.server.Lambda_Rig import ROLE, zip_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT, api_context, in_process_client

MODEL = Service_Model('lambda')
ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn'
UUID = '14e0db71-5d35-4eb5-b481-8945cf9d10c2'
SIGNING = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:code-signing-config:csc-0123456789abcdef0'
# Durable executions, capacity providers and their scaling: nothing of Python on Lambda needs them yet.
ABSENT = frozenset(
    name
    for name in MODEL.operations
    if any(part in name for part in ('Durable', 'CapacityProvider', 'FunctionScaling', 'NetworkConnector'))
)
# What the required parameters are for operations that the model alone doesn't tell.
KNOWN = {
    'FunctionName': 'fn',
    'Qualifier': '1',
    'Name': 'live',
    'FunctionVersion': '1',
    'Role': ROLE,
    'Code': {'ZipFile': zip_of('x = 1')},
    'Content': {'ZipFile': zip_of('x = 1')},
    'Resource': ARN,
    'ResourceArn': ARN,
    'Arn': f'arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:lib:1',
    'UUID': UUID,
    'CodeSigningConfigArn': SIGNING,
    'AllowedPublishers': {'SigningProfileVersionArns': ['arn:aws:signer:eu-west-1:111122223333:/signing-profiles/a/b']},
    'Action': 'lambda:InvokeFunction',
    'Principal': '*',
    'Tags': {'a': 'b'},
    'TagKeys': ['a'],
    'Policy': '{"Statement": []}',
}


def least(shape):
    """The required members of a structure, with values that fit."""
    required = shape.metadata.get('required', ())
    return {name: KNOWN.get(name, value_of(member)) for name, member in shape.members.items() if name in required}


def value_of(shape):
    if shape.type_name == 'structure':
        return least(shape)
    if 'enum' in shape.metadata:
        return shape.metadata['enum'][0]
    values = {'list': [], 'map': {}, 'blob': b'', 'boolean': True, 'timestamp': 0, 'string': 'x'}
    return values.get(shape.type_name, 1)


@pytest.fixture(scope='module')
def loose():
    """A client that sends everything, to an engine that each test gives."""
    holder = []

    class Any_Engine:
        def __getattr__(self, name):
            if not hasattr(Lambda_Engine, name):
                raise AttributeError(name)
            return lambda *args: getattr(holder[-1], name)(*args)

    return holder, in_process_client('lambda', Any_Engine(), parameter_validation=False)


@pytest.fixture
def client(loose, make_rig):
    holder, client = loose
    rig = make_rig(lambda event: event)
    rig.create(Publish=True)
    holder.append(rig.engine)
    return client


class test_Lambda_Engine:
    @pytest.mark.fidelity(
        'operations of the API',
        aws='Has all of them.',
        ours='All but durable executions, capacity providers and their scaling: these answer 501 and their name.',
        source='B lambda 2015-03-31',
        kind='documented',
    )
    def test_every_operation_of_the_model_answers_or_says_that_it_is_not_there(self, client):
        for name in sorted(MODEL.operations):
            shape = MODEL.operations[name].input_shape
            try:
                answer = getattr(client, xform_name(name))(**(least(shape) if shape else {}))
            except ClientError as error:
                answer = error.response
            status = answer['ResponseMetadata']['HTTPStatusCode']
            if name in ABSENT:
                assert (status, answer['Error']['Code']) == (501, 'NotImplementedException'), name
                assert f'lambda.{name} is not implemented' in answer['Error']['Message']
            else:
                assert status < 500, (name, answer)

    def test_the_engine_lacks_no_other_operation(self):
        assert {name for name in MODEL.operations if not hasattr(Lambda_Engine, xform_name(name))} == ABSENT

    def test_an_operation_that_is_not_there_answers_in_json(self):
        api = Service_Api('lambda', object())
        path = '/2025-11-30/capacity-providers/mine'
        answer = api.handle(Http_Request('GET', path, '', {}, b''), api_context())
        assert answer.status == 501
        assert answer.header('content-type') == 'application/json'
        assert answer.header('x-amzn-errortype') == 'NotImplementedException'
        text = 'lambda.GetCapacityProvider is not implemented by the local cloud'
        assert json.loads(answer.body) == {'message': text}

    @pytest.mark.fidelity(
        'RevisionId preconditions',
        aws='Each operation that takes a RevisionId answers 412 PreconditionFailedException when it is not the latest.',
        ours='as AWS',
        source='D API PreconditionFailedException',
        kind='documented',
    )
    def test_every_operation_that_takes_a_revision_refuses_an_old_one(self, client):
        client.publish_layer_version(LayerName='x', Content={'ZipFile': zip_of('x = 1')})
        client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
        for sid in ('x', 'y'):
            client.add_permission(FunctionName='fn', StatementId=sid, Action='lambda:InvokeFunction', Principal='*')
        client.add_layer_version_permission(
            LayerName='x', VersionNumber=1, StatementId='x', Action='lambda:GetLayerVersion', Principal='*'
        )
        seen = set()
        for name in sorted(MODEL.operations):
            shape = MODEL.operations[name].input_shape
            if shape is None or 'RevisionId' not in shape.members or name in ABSENT:
                continue
            params = least(shape) | {'RevisionId': UUID}
            if 'ZipFile' in shape.members:
                params['ZipFile'] = zip_of('x = 2')
            if name == 'AddLayerVersionPermission':
                params['Action'] = 'lambda:GetLayerVersion'
            if name.startswith('Add'):
                params['StatementId'] = 'new'
            with pytest.raises(ClientError) as caught:
                getattr(client, xform_name(name))(**params)
            answer = caught.value.response
            status = answer['ResponseMetadata']['HTTPStatusCode']
            assert (answer['Error']['Code'], status) == ('PreconditionFailedException', 412), (name, answer)
            seen.add(name)
        assert len(seen) == 10

    def test_every_list_takes_a_marker_and_a_size(self, client):
        client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
        seen = set()
        for name in sorted(MODEL.operations):
            shape = MODEL.operations[name].input_shape
            if shape is None or 'Marker' not in shape.members or name in ABSENT:
                continue
            params = least(shape)
            if 'CodeSigningConfigArn' in params:
                params['CodeSigningConfigArn'] = self.signing_config(client)
            call = getattr(client, xform_name(name))
            assert 'NextMarker' not in call(**params, MaxItems=50, Marker='~'), name
            with pytest.raises(ClientError) as caught:
                call(**params, MaxItems=0)
            assert caught.value.response['Error']['Code'] == 'ValidationException', name
            seen.add(name)
        assert len(seen) == 11

    @staticmethod
    def signing_config(client):
        answer = client.create_code_signing_config(AllowedPublishers=KNOWN['AllowedPublishers'])
        return answer['CodeSigningConfig']['CodeSigningConfigArn']
