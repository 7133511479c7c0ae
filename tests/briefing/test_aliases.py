"""Aliases."""


class test_aliases:
    def test_aliases(self, lambda_func):
        assert lambda_func.version_publish()['Version'] == '1'

        # Create alias
        created = lambda_func.alias_create(
            function_name='my-function',
            function_version='1',
            name='prod',
            description='Production alias',
        )
        assert (created['Name'], created['FunctionVersion']) == ('prod', '1')

        # Get alias
        alias = lambda_func.alias('my-function', 'prod')
        assert alias['AliasArn'] == f'{lambda_func.function_arn()}:prod'
        assert alias['Description'] == 'Production alias'
        assert 'ResponseMetadata' not in alias

        # List aliases
        aliases = lambda_func.aliases('my-function')
        assert [found['Name'] for found in aliases] == ['prod']
        assert lambda_func.invoke_result(qualifier='prod').executed_version == '1'

        # Delete alias
        lambda_func.alias_delete('my-function', 'prod')
        assert lambda_func.aliases('my-function') == []
