import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.errors import Aws__Connection, Aws__Invalid, Aws__Not_Found

ACCOUNT = {'endpoint_url': 'http://127.0.0.1:9', 'aws_access_key_id': '123456789012', 'region_name': 'us-east-1'}


class Sample(Aws__Resource):
    service_name: str = 'lambda'
    name: str


@pytest.fixture
def sample():
    return Sample(ACCOUNT, name='f')


@pytest.fixture
def stub(sample):
    with Stubber(sample.client()) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


class test_Aws__Resource:
    def test_call_drops_none_and_response_metadata(self, sample, stub):
        stub.add_response('get_function', {'Tags': {'a': 'b'}, 'ResponseMetadata': {}}, {'FunctionName': 'f'})
        assert sample.call('get_function', FunctionName='f', Qualifier=None) == {'Tags': {'a': 'b'}}

    def test_call_keeps_what_is_falsy_and_not_none(self, sample, stub):
        stub.add_response('update_function_configuration', {}, {'FunctionName': 'f', 'Description': '', 'Layers': []})
        sample.call('update_function_configuration', FunctionName='f', Description='', Layers=[], Role=None)

    def test_call_raises_our_errors(self, sample, stub):
        stub.add_client_error('get_function', 'ResourceNotFoundException', 'gone', 404)
        with pytest.raises(Aws__Not_Found, match=r'lambda.GetFunction of f: ResourceNotFoundException: gone'):
            sample.call('get_function', FunctionName='f')

    def test_a_parameter_that_aws_does_not_know_is_invalid(self, sample):
        with pytest.raises(Aws__Invalid, match='Unknown parameter in input: "Nme"'):
            sample.call('get_function', Nme='f')

    def test_paginate_goes_to_the_end(self, sample, stub):
        stub.add_response('list_functions', {'Functions': [{'FunctionName': 'a'}], 'NextMarker': 'm'}, {})
        stub.add_response('list_functions', {'NextMarker': 'n'}, {'Marker': 'm'})
        stub.add_response('list_functions', {'Functions': [{'FunctionName': 'b'}]}, {'Marker': 'n'})
        found = sample.paginate('list_functions', 'Functions', FunctionVersion=None)
        assert [function['FunctionName'] for function in found] == ['a', 'b']

    def test_paginate_raises_our_errors_from_a_later_page(self, sample, stub):
        stub.add_response('list_functions', {'Functions': [], 'NextMarker': 'm'}, {})
        stub.add_client_error('list_functions', 'InvalidParameterValueException', 'no', 400)
        with pytest.raises(Aws__Invalid):
            sample.paginate('list_functions', 'Functions')

    def test_nobody_there_is_a_connection_error(self, free_port):
        sample = Sample({**ACCOUNT, 'endpoint_url': f'http://127.0.0.1:{free_port}'})
        with pytest.raises(Aws__Connection, match='Could not connect'):
            sample.call('list_functions')

    def test_resources_share_the_session_they_are_given(self, sample):
        other = Sample(sample.session)
        assert other.session is sample.session
        assert other.client() is sample.client()

    def test_json_shows_the_nouns_and_no_secrets(self):
        sample = Sample({**ACCOUNT, 'aws_secret_access_key': 'hidden'}, name='f')
        assert sample.json() == {'name': 'f', 'service_name': 'lambda'}

    @pytest.mark.parametrize('data', [{1, 2}, float('nan'), object()], ids=['set', 'nan', 'object'])
    def test_what_json_can_not_say_is_invalid(self, sample, data):
        with pytest.raises(Aws__Invalid, match=r'lambda.Invoke of f: this is not JSON'):
            sample.to_json(data, 'Invoke', 'f')


@pytest.fixture
def free_port():
    import socket

    with socket.socket() as listener:  # bound and not listening: nobody else gets it, and connecting is refused
        listener.bind(('127.0.0.1', 0))
        yield listener.getsockname()[1]
