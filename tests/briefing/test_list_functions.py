"""List functions."""


class test_list_functions:
    def test_list_functions(self, lambda_func, deployed):
        # All functions
        functions = lambda_func.functions()
        assert sorted(function['FunctionName'] for function in functions) == ['my-function', 'my_module']

        # Indexed by name
        by_name = lambda_func.functions(index_by='FunctionName')
        assert by_name['my-function']['Handler'] == 'my_function.run'

        # Just names
        names = lambda_func.functions_names()
        assert names == ['my-function', 'my_module']
