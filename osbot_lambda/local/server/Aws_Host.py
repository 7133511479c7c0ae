class Aws_Host:
    """The host name that a request would have had on AWS: moto tells its services apart by it.

    Source : botocore's service models; these are the services whose endpoint isn't <signing name>.<region>.
    """

    GLOBAL = frozenset({'budgets', 'cloudfront'})
    PREFIX = {
        'eventbridge': 'events',
        'iotdata': 'data-ats.iot',
        'memorydb': 'memory-db',
        'mobiletargeting': 'pinpoint',
        'payment-cryptography': 'controlplane.payment-cryptography',
        'ses': 'email',
        'timestream': 'ingest.timestream',
    }
    API_AWS = frozenset({'aidevops', 'dsql', 's3vectors'})

    @classmethod
    def of(cls, service: str, region: str, path: str, target: str) -> str:
        """service: signing name; target: the X-Amz-Target header or ''."""
        if service in cls.GLOBAL:
            return f'{service}.amazonaws.com'
        if service in cls.API_AWS:
            return f'{service}.{region}.api.aws'
        if service == 'dynamodb' and target.startswith('DynamoDBStreams'):
            return f'streams.dynamodb.{region}.amazonaws.com'
        if service == 'mediastore' and not target:
            return f'data.mediastore.{region}.amazonaws.com'
        if service == 'sagemaker':
            part = 'runtime' if path.endswith('invocations') else 'metrics' if path.endswith('Metrics') else 'api'
            return f'{part}.sagemaker.{region}.amazonaws.com'
        return f'{cls.PREFIX.get(service, service)}.{region}.amazonaws.com'
