"""Function configuration."""


class test_function_configuration:
    def test_get_configuration(self, lambda_func):
        config = lambda_func.configuration()
        # Returns function configuration (without ResponseMetadata)
        assert config['FunctionName'] == 'my-function'
        assert 'ResponseMetadata' not in config

    def test_get_full_info(self, lambda_func):
        info = lambda_func.info()
        # Returns: {'Configuration': {...}, 'Code': {...}, ...}
        assert info['Configuration'] == lambda_func.configuration()
        assert info['Code']['Location']

    def test_environment_variables(self, lambda_func):
        # Set single variable
        lambda_func.set_env_variable('KEY', 'value')
        assert lambda_func.env_variables == {'KEY': 'value'}

        # Set all variables
        lambda_func.set_env_variables({'KEY1': 'val1', 'KEY2': 'val2'})
        lambda_func.update_lambda_configuration()
        assert lambda_func.configuration()['Environment']['Variables'] == {'KEY1': 'val1', 'KEY2': 'val2'}

        # Update via configuration
        lambda_func.configuration_update(
            Environment={'Variables': {'KEY': 'value'}},
        )
        assert lambda_func.configuration()['Environment']['Variables'] == {'KEY': 'value'}

    def test_layers(self, lambda_func, layer_arn):
        my_layer, layer1, layer2 = layer_arn('my-layer'), layer_arn('layer1', 'one'), layer_arn('layer2', 'two')

        # Add single layer
        lambda_func.add_layer(my_layer)

        # Add multiple layers
        lambda_func.add_layers(
            [
                layer1,
                layer2,
            ]
        )
        assert lambda_func.layers == [my_layer, layer1, layer2]
        lambda_func.update_lambda_configuration()
        assert [layer['Arn'] for layer in lambda_func.configuration()['Layers']] == [my_layer, layer1, layer2]

        # Set all layers
        lambda_func.set_layers([my_layer])
        lambda_func.update_lambda_configuration()
        assert [layer['Arn'] for layer in lambda_func.configuration()['Layers']] == [my_layer]
