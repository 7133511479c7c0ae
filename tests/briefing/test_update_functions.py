"""Update functions."""

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.s3.S3 import S3
from tests.briefing.conftest import zipped


class test_update_functions:
    def test_full_update(self, lambda_func, tmp_path):
        (tmp_path / 'code').mkdir()
        (tmp_path / 'code' / 'my_function.py').write_text('def run(event, context):\n    return "new"\n')
        lambda_func.set_folder_code(str(tmp_path / 'code')).set_memory(256)

        result = lambda_func.update()
        # Uploads to S3, updates code, updates configuration
        # Returns: {'status': 'ok', 'name': '...', 'data': {...}}
        assert (result['status'], result['name']) == ('ok', 'my-function')
        assert {'update_code', 'update_config'} <= set(result['data'])

        assert lambda_func.invoke() == 'new'
        assert lambda_func.configuration()['MemorySize'] == 256
        assert lambda_func.runtime == 'python3.11'

    def test_update_code_only(self, lambda_func, role_arn, image_uri):
        new = zipped(my_function='def run(event, context):\n    return 2\n')
        S3().file_create_from_bytes(new, 'my-bucket', 'lambdas/my-function.zip')

        lambda_func.update_lambda_code()

        assert lambda_func.invoke() == 2

        lambda_func = Lambda('my-image-function', image_uri=image_uri, role=role_arn)
        assert lambda_func.create()['status'] == 'ok'
        new_image_uri = image_uri.replace('latest', 'v2')

        # Update container image
        lambda_func.update_lambda_image_uri(new_image_uri)

        assert lambda_func.info()['Code']['ImageUri'] == new_image_uri

    def test_update_configuration_only(self, lambda_func):
        lambda_func.memory, lambda_func.timeout = 256, 30

        lambda_func.update_lambda_configuration()

        configuration = lambda_func.configuration()
        assert (configuration['MemorySize'], configuration['Timeout']) == (256, 30)

        # Or directly via boto3
        lambda_func.configuration_update(
            MemorySize=1024,
            Timeout=120,
            Environment={'Variables': {'KEY': 'value'}},
        )

        configuration = lambda_func.configuration()
        assert (configuration['MemorySize'], configuration['Timeout']) == (1024, 120)
        assert configuration['Environment']['Variables'] == {'KEY': 'value'}
