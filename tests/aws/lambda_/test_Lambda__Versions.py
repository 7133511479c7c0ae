import pytest

from osbot_lambda.errors import Aws__Conflict

BUSY = 'The operation cannot be performed at this time. An update is in progress for resource: f'


class test_Lambda__Versions:
    def test_publish_sends_what_was_given(self, function, stub):
        stub.add_response('publish_version', {'Version': '1'}, {'FunctionName': 'f'})
        assert function.version_publish()['Version'] == '1'
        sent = {'FunctionName': 'f', 'Description': 'd', 'CodeSha256': 's'}
        stub.add_response('publish_version', {'Version': '2'}, sent)
        assert function.version_publish('d', 's')['Version'] == '2'

    def test_publish_waits_for_an_update_that_is_in_progress(self, function, stub, no_pauses):
        stub.add_client_error('publish_version', 'ResourceConflictException', BUSY, 409)
        stub.add_response('publish_version', {'Version': '1'}, {'FunctionName': 'f'})
        assert function.version_publish()['Version'] == '1'

    def test_all_are_listed_to_the_end(self, function, stub):
        for _ in range(2):
            first = {'Versions': [{'Version': '$LATEST'}], 'NextMarker': 'm'}
            stub.add_response('list_versions_by_function', first, {'FunctionName': 'f'})
            second = {'Versions': [{'Version': '1'}]}
            stub.add_response('list_versions_by_function', second, {'FunctionName': 'f', 'Marker': 'm'})
        assert [version['Version'] for version in function.versions()] == ['$LATEST', '1']
        assert function.versions(index_by='Version')['1'] == {'Version': '1'}

    def test_one_is_deleted(self, function, stub):
        stub.add_response('delete_function', {}, {'FunctionName': 'f', 'Qualifier': '1'})
        assert function.version_delete('1') is True
        stub.add_client_error('delete_function', 'ResourceNotFoundException', 'no', 404)
        assert function.version_delete('1') is False

    def test_one_that_an_alias_points_to_is_a_conflict(self, function, stub):
        stub.add_client_error('delete_function', 'ResourceConflictException', 'an alias points to it', 409)
        with pytest.raises(Aws__Conflict):
            function.version_delete('1')
