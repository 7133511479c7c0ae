"""Error handling."""


class test_error_handling:
    def test_error_handling(self, lambda_func, capsys):
        # Create returns status dict
        result = lambda_func.create()
        if result.get('status') == 'error':
            print(f'Error: {result.get("error")}')
            print(f'Data: {result.get("data")}')

        error, data = capsys.readouterr().out.splitlines()
        assert 'my-function' in error
        assert 'exist' in error
        assert "'FunctionName': 'my-function'" in data

        # Invoke errors
        response = lambda_func.invoke({'key': 'value'})
        if 'error' in response:
            print(f'Invocation error: {response["error"]}')
        assert capsys.readouterr().out == ''

        response = lambda_func.invoke({'fail': 'out of stock'})
        if 'error' in response:
            print(f'Invocation error: {response["error"]}')
        assert capsys.readouterr().out == 'Invocation error: out of stock\n'
