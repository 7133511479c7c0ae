import pytest

from osbot_lambda.errors import Aws__Invalid


class test_Lambda__Concurrency:
    @pytest.mark.parametrize(('answer', 'found'), [({'ReservedConcurrentExecutions': 0}, 0), ({}, None)], ids=str)
    def test_what_is_reserved(self, function, stub, answer, found):
        stub.add_response('get_function_concurrency', answer, {'FunctionName': 'f'})
        assert function.concurrency() == found

    def test_set(self, function, stub):
        sent = {'FunctionName': 'f', 'ReservedConcurrentExecutions': 5}
        stub.add_response('put_function_concurrency', {'ReservedConcurrentExecutions': 5}, sent)
        assert function.concurrency_set(5) == 5

    def test_more_than_the_account_can_spare_is_refused(self, function, stub):
        stub.add_client_error('put_function_concurrency', 'InvalidParameterValueException', 'below 100', 400)
        with pytest.raises(Aws__Invalid, match='below 100'):
            function.concurrency_set(1000)

    def test_delete(self, function, stub):
        stub.add_response('delete_function_concurrency', {}, {'FunctionName': 'f'})
        assert function.concurrency_delete() is None
