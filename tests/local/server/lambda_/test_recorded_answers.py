import json

import pytest
from botocore.exceptions import ClientError

from osbot_lambda.local.server.lambda_.Code_Unpacker import Code_Unpacker
from tests.local.server.Lambda_Rig import ROLE, body, error_of, zip_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:my-fn'
ALLOW = {'StatementId': 's3', 'Action': 'lambda:InvokeFunction', 'Principal': 's3.amazonaws.com'}
REVISION = '14e0db71-5d35-4eb5-b481-8945cf9d10c2'
LAYER = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:lib'

# The bodies as AWS sent them (the region apart); the calls that bring them are below, by the same name.
ERRORS = {
    'get_not_found': (
        404,
        'ResourceNotFoundException',
        {'Type': 'User', 'Message': f'Function not found: {ARN}-other'},
    ),
    'function_exists': (
        409,
        'ResourceConflictException',
        {'Type': 'User', 'message': 'Function already exist: my-fn'},
    ),
    'wrong_revision': (
        412,
        'PreconditionFailedException',
        {
            'Type': 'User',
            'message': 'The Revision Id provided does not match the latest Revision Id. '
            'Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        },
    ),
    'role_not_assumable': (
        400,
        'InvalidParameterValueException',
        {'Type': 'User', 'message': 'The role defined for the function cannot be assumed by Lambda.'},
    ),
    'zip_too_large': (
        413,
        'RequestEntityTooLargeException',
        {'Type': 'User', 'message': 'Zipped size must be smaller than 52428800 bytes'},
    ),
    'unzipped_too_large': (
        400,
        'InvalidParameterValueException',
        {'Type': 'User', 'message': 'Unzipped size must be smaller than 100 bytes'},
    ),
    'bad_zip': (
        400,
        'InvalidParameterValueException',
        {
            'Type': 'User',
            'message': 'Could not unzip uploaded file. Please check your file, then try to upload again.',
        },
    ),
    'permission_exists': (
        409,
        'ResourceConflictException',
        {
            'Type': 'User',
            'message': 'The statement id (s3) provided already exists. '
            'Please provide a new statement id, or remove the existing statement.',
        },
    ),
    'alias_exists': (
        409,
        'ResourceConflictException',
        {'Type': 'User', 'message': f'Alias already exists: {ARN}:live'},
    ),
    'alias_update_missing': (
        404,
        'ResourceNotFoundException',
        {'Type': 'User', 'Message': f'Alias not found: {ARN}:none'},
    ),
    'too_many_layers': (
        400,
        'InvalidParameterValueException',
        {'Type': 'User', 'message': 'Cannot reference more than 5 layers.'},
    ),
    'publish_sha_mismatch': (
        400,
        'InvalidParameterValueException',
        {
            'Type': 'User',
            'message': 'CodeSHA256 (x) is different from current CodeSHA256 in $LATEST (y). '
            'Please try again with the CodeSHA256 in $LATEST.',
        },
    ),
}
CALLS = {
    'get_not_found': lambda client: client.get_function(FunctionName='my-fn-other'),
    'function_exists': lambda client: create(client),
    'wrong_revision': lambda client: client.publish_version(FunctionName='my-fn', RevisionId=REVISION),
    'role_not_assumable': lambda client: create(client, FunctionName='two', Role=f'{ROLE}-gone'),
    'zip_too_large': lambda client: create(client, FunctionName='two', Code={'ZipFile': b'x' * 52_428_801}),
    'unzipped_too_large': lambda client: create(client, FunctionName='two', Code={'ZipFile': zip_of('x = 1' * 100)}),
    'bad_zip': lambda client: create(client, FunctionName='two', Code={'ZipFile': b'no zip'}),
    'permission_exists': lambda client: client.add_permission(FunctionName='my-fn', **ALLOW),
    'alias_exists': lambda client: client.create_alias(FunctionName='my-fn', Name='live', FunctionVersion='$LATEST'),
    'alias_update_missing': lambda client: client.update_alias(FunctionName='my-fn', Name='none'),
    'too_many_layers': lambda client: create(client, FunctionName='two', Layers=[f'{LAYER}{n}:1' for n in range(6)]),
    'publish_sha_mismatch': lambda client: client.publish_version(FunctionName='my-fn', CodeSha256='x'),
}


def create(client, **changes):
    params = {
        'FunctionName': 'my-fn',
        'Runtime': 'python3.12',
        'Handler': 'app.handler',
        'Role': ROLE,
        'Code': {'ZipFile': zip_of('x = 1')},
    }
    return client.create_function(**(params | changes))


def refused(client, call):
    """The HTTP answer that becomes the call's error."""
    answers = []
    client.meta.events.register('after-call', lambda http_response, **_: answers.append(http_response), 'keep')
    try:
        with pytest.raises(ClientError):
            call(client)
    finally:
        client.meta.events.unregister('after-call', unique_id='keep')
    return answers[0]


@pytest.fixture
def client(make_rig):
    rig = make_rig(lambda event: event)
    rig.roles[f'{ROLE}-gone'] = False
    create(rig.client, Publish=True, Environment={'Variables': {'KEY': 'V'}}, Tags={'team': 'a'})
    rig.client.create_alias(FunctionName='my-fn', Name='live', FunctionVersion='1')
    rig.client.add_permission(FunctionName='my-fn', **ALLOW)
    return rig.client


class test_recorded_answers:
    @pytest.mark.fidelity(
        "the control plane's errors",
        aws='Status, x-amzn-ErrorType, and a body of Type and message, or Message in a 404.',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    @pytest.mark.parametrize('name', ERRORS)
    def test_an_error_is_the_recorded_one(self, client, name, monkeypatch):
        if name == 'unzipped_too_large':
            monkeypatch.setattr(Code_Unpacker, 'MAX_UNZIPPED', 100)  # the real one takes a second to get there
        answer = refused(client, CALLS[name])
        status, code, recorded = ERRORS[name]
        if name == 'publish_sha_mismatch':
            sha = client.get_function_configuration(FunctionName='my-fn')['CodeSha256']
            recorded = {**recorded, 'message': recorded['message'].replace('(y)', f'({sha})')}
        assert (answer.status_code, answer.headers['x-amzn-errortype']) == (status, code)
        assert json.loads(answer.content) == recorded

    def test_a_function_of_another_account_is_refused_in_iams_form(self, client):
        other = ARN.replace(ACCOUNT, '999999999999')
        answer = refused(client, lambda client: client.get_function(FunctionName=other))
        assert (answer.status_code, answer.headers['x-amzn-errortype']) == (403, 'AccessDeniedException')
        found = json.loads(answer.content)
        assert list(found) == ['Message']
        assert found['Message'].startswith(f'Account {ACCOUNT} is not authorized')

    @pytest.mark.fidelity(
        'validation errors',
        aws='400 ValidationException, without a Type, naming value, member and constraint.',
        ours='as AWS; the patterns are those of the service model.',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_a_name_with_a_space(self, client):
        code, message, status = error_of(create, client=client, FunctionName='a b')
        assert (code, status) == ('ValidationException', 400)
        assert message.startswith(
            "1 validation error detected: Value 'a b' at 'functionName' failed to satisfy constraint: "
            'Member must satisfy regular expression pattern: '
        )

    @pytest.mark.fidelity(
        'what GetFunction answers',
        aws='Configuration, Code with a Location that can be fetched, Tags.',
        ours="as AWS; Location is the cloud's own address, and needs no signature.",
        source='S get_function_response',
        kind='recorded',
    )
    def test_get_function_has_the_recorded_keys_and_words(self, client):
        found = body(client.get_function(FunctionName='my-fn'))
        assert found.pop('Tags') == {'team': 'a'}
        code = found.pop('Code')
        assert (set(code), code['RepositoryType']) == ({'RepositoryType', 'Location'}, 'S3')
        configuration = found.pop('Configuration')
        assert found == {}
        for key in ('CodeSize', 'LastModified', 'CodeSha256', 'RevisionId', 'RuntimeVersionConfig'):
            assert configuration.pop(key)
        assert configuration == {
            'FunctionName': 'my-fn',
            'FunctionArn': ARN,
            'Runtime': 'python3.12',
            'Role': ROLE,
            'Handler': 'app.handler',
            'Description': '',
            'Timeout': 3,
            'MemorySize': 128,
            'Version': '$LATEST',
            'TracingConfig': {'Mode': 'PassThrough'},
            'State': 'Active',
            'PackageType': 'Zip',
            'Architectures': ['x86_64'],
            'EphemeralStorage': {'Size': 512},
            'SnapStart': {'ApplyOn': 'None', 'OptimizationStatus': 'Off'},
            'LoggingConfig': {'LogFormat': 'Text', 'LogGroup': '/aws/lambda/my-fn'},
            'Environment': {'Variables': {'KEY': 'V'}},
            'LastUpdateStatus': 'Successful',
        }

    @pytest.mark.fidelity(
        'what CreateAlias answers',
        aws='201, with RoutingConfig when there are weights.',
        ours='as AWS',
        source='S alias_response',
        kind='recorded',
    )
    def test_an_alias_has_the_recorded_keys(self, client):
        client.update_function_configuration(FunctionName='my-fn', Timeout=4)
        client.publish_version(FunctionName='my-fn')
        weights = {'AdditionalVersionWeights': {'2': 0.2}}
        answer = client.create_alias(FunctionName='my-fn', Name='new', FunctionVersion='1', RoutingConfig=weights)
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        found = body(answer)
        assert len(found.pop('RevisionId')) == 36
        assert found == {
            'AliasArn': f'{ARN}:new',
            'Name': 'new',
            'FunctionVersion': '1',
            'Description': '',
            'RoutingConfig': weights,
        }
