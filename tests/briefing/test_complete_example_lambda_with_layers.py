"""Complete example: Lambda with layers."""


class test_complete_example_lambda_with_layers:
    def test_complete_example_lambda_with_layers(self, lambda_func, wheels, layer_arn):
        other_layer = layer_arn('other-layer')

        from osbot_lambda.aws.lambda_.Lambda import Lambda
        from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer

        # Create layer from pip package
        layer = Lambda_Layer('requests-layer')
        layer.create_from_pip('requests')

        # Create Lambda with layer
        lambda_func = Lambda('my-function')
        lambda_func.add_layer(layer.arn_latest())

        # Or add multiple layers
        lambda_func.add_layers(
            [
                layer.arn_latest(),
                other_layer,
            ]
        )

        result = lambda_func.update()

        assert result['status'] == 'ok', result
        arns = [found['Arn'] for found in lambda_func.configuration()['Layers']]
        assert arns == [layer.arn_latest(), other_layer]
        assert lambda_func.configuration()['Handler'] == 'my_function.run'
        assert lambda_func.invoke({'a': 1})['received'] == {'a': 1}
