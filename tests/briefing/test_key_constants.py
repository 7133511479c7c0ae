"""Key constants."""

from osbot_lambda.aws.lambda_.Lambda import Lambda


class test_key_constants:
    def test_key_constants(self):
        lambda_func = Lambda('my-function')
        before = lambda_func.create_kwargs()

        # Default settings in Lambda class
        lambda_func.architecture = 'x86_64'  # or 'arm64'
        lambda_func.runtime = 'python3.11'
        lambda_func.memory = 512  # MB
        lambda_func.timeout = 60  # seconds
        lambda_func.trace_mode = 'PassThrough'  # X-Ray disabled

        assert (lambda_func.memory_size, lambda_func.create_kwargs()['MemorySize']) == (512, 512)
        assert {key: before[key] for key in ('Architectures', 'Runtime', 'MemorySize', 'Timeout')} == {
            'Architectures': ['x86_64'],
            'Runtime': 'python3.11',
            'MemorySize': 512,
            'Timeout': 60,
        }
        assert Lambda('other').trace_mode == 'PassThrough'
