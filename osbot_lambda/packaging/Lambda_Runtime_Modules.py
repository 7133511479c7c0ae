LAMBDA_RUNTIME_MODULES = frozenset(
    {
        'awslambdaric',
        'boto3',
        'botocore',
        'dateutil',
        'jmespath',
        's3transfer',
        'simplejson',
        'six',
        'snapshot_restore_py',
        'urllib3',
    }
)
"""Top-level modules that Lambda's own Python runtimes bring besides the standard library."""
