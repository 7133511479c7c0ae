import pytest

from osbot_lambda.errors import Aws__Access_Denied, Aws__Conflict, Aws__Invalid, Aws__Not_Found

ALIAS = {'Name': 'prod', 'FunctionVersion': '1', 'AliasArn': 'arn:aws:lambda:us-east-1:123456789012:function:f:prod'}


class test_Lambda__Aliases:
    def test_create_as_in_the_briefing(self, function, stub):
        sent = {'FunctionName': 'g', 'FunctionVersion': '1', 'Name': 'prod', 'Description': 'Production alias'}
        stub.add_response('create_alias', ALIAS, sent)
        assert function.alias_create('g', '1', 'prod', 'Production alias') == ALIAS

    def test_create_for_this_function_with_a_share_for_another_version(self, function, stub):
        routing = {'AdditionalVersionWeights': {'2': 0.1}}
        sent = {'FunctionName': 'f', 'FunctionVersion': '1', 'Name': 'p', 'Description': '', 'RoutingConfig': routing}
        stub.add_response('create_alias', ALIAS, sent)
        function.alias_create(function_version='1', name='p', routing={'2': 0.1})

    def test_update_sends_what_was_given(self, function, stub):
        stub.add_response('update_alias', ALIAS, {'FunctionName': 'f', 'Name': 'prod', 'FunctionVersion': '2'})
        function.alias_update(name='prod', function_version='2')
        empty = {'AdditionalVersionWeights': {}}
        stub.add_response('update_alias', ALIAS, {'FunctionName': 'f', 'Name': 'prod', 'RoutingConfig': empty})
        function.alias_update(name='prod', routing={})

    def test_one_is_looked_at(self, function, stub):
        stub.add_response('get_alias', ALIAS, {'FunctionName': 'my-function', 'Name': 'prod'})
        assert function.alias('my-function', 'prod') == ALIAS

    def test_exists_says_no_only_when_it_is_not_there(self, function, stub):
        stub.add_response('get_alias', ALIAS, {'FunctionName': 'f', 'Name': 'prod'})
        assert function.alias_exists(name='prod')
        stub.add_client_error('get_alias', 'ResourceNotFoundException', 'no', 404)
        assert not function.alias_exists(name='prod')
        stub.add_client_error('get_alias', 'AccessDeniedException', 'no', 403)
        with pytest.raises(Aws__Access_Denied):
            function.alias_exists(name='prod')

    def test_all_are_listed_to_the_end(self, function, stub):
        for _ in range(2):
            stub.add_response('list_aliases', {'Aliases': [ALIAS], 'NextMarker': 'm'}, {'FunctionName': 'f'})
            other = {'Aliases': [{'Name': 'test'}]}
            stub.add_response('list_aliases', other, {'FunctionName': 'f', 'Marker': 'm'})
        assert [alias['Name'] for alias in function.aliases()] == ['prod', 'test']
        assert function.aliases(index_by='Name')['prod'] == ALIAS

    def test_delete(self, function, stub):
        stub.add_response('delete_alias', {}, {'FunctionName': 'my-function', 'Name': 'prod'})
        assert function.alias_delete('my-function', 'prod') is True
        stub.add_client_error('delete_alias', 'ResourceNotFoundException', 'no', 404)
        assert function.alias_delete(name='prod') is False

    def test_errors_are_raised(self, function, stub):
        stub.add_client_error('create_alias', 'ResourceConflictException', 'Alias already exists', 409)
        with pytest.raises(Aws__Conflict):
            function.alias_create(name='prod')
        stub.add_client_error('get_alias', 'ResourceNotFoundException', 'no', 404)
        with pytest.raises(Aws__Not_Found):
            function.alias('f', 'prod')

    @pytest.mark.parametrize('method', ['alias', 'alias_create', 'alias_update', 'alias_delete', 'alias_exists'])
    def test_without_a_name_no_call_is_made(self, function, stub, method):
        with pytest.raises(Aws__Invalid, match='no name is given'):
            getattr(function, method)('f')
