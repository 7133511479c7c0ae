S3 = {
    'CompleteMultipartUpload': 'PutObject',
    'CopyObject': 'PutObject',
    'CreateMultipartUpload': 'PutObject',
    'DeleteBucketAnalyticsConfiguration': 'PutAnalyticsConfiguration',
    'DeleteBucketCors': 'PutBucketCORS',
    'DeleteBucketEncryption': 'PutEncryptionConfiguration',
    'DeleteBucketIntelligentTieringConfiguration': 'PutIntelligentTieringConfiguration',
    'DeleteBucketInventoryConfiguration': 'PutInventoryConfiguration',
    'DeleteBucketLifecycle': 'PutLifecycleConfiguration',
    'DeleteBucketMetricsConfiguration': 'PutMetricsConfiguration',
    'DeleteBucketOwnershipControls': 'PutBucketOwnershipControls',
    'DeleteBucketReplication': 'PutReplicationConfiguration',
    'DeleteBucketTagging': 'PutBucketTagging',
    'DeleteObjects': 'DeleteObject',
    'DeletePublicAccessBlock': 'PutBucketPublicAccessBlock',
    'GetBucketAccelerateConfiguration': 'GetAccelerateConfiguration',
    'GetBucketAnalyticsConfiguration': 'GetAnalyticsConfiguration',
    'GetBucketCors': 'GetBucketCORS',
    'GetBucketEncryption': 'GetEncryptionConfiguration',
    'GetBucketIntelligentTieringConfiguration': 'GetIntelligentTieringConfiguration',
    'GetBucketInventoryConfiguration': 'GetInventoryConfiguration',
    'GetBucketLifecycle': 'GetLifecycleConfiguration',
    'GetBucketLifecycleConfiguration': 'GetLifecycleConfiguration',
    'GetBucketMetricsConfiguration': 'GetMetricsConfiguration',
    'GetBucketNotificationConfiguration': 'GetBucketNotification',
    'GetBucketReplication': 'GetReplicationConfiguration',
    'GetObjectLockConfiguration': 'GetBucketObjectLockConfiguration',
    'GetPublicAccessBlock': 'GetBucketPublicAccessBlock',
    'HeadBucket': 'ListBucket',
    'HeadObject': 'GetObject',
    'ListBucketAnalyticsConfigurations': 'GetAnalyticsConfiguration',
    'ListBucketIntelligentTieringConfigurations': 'GetIntelligentTieringConfiguration',
    'ListBucketInventoryConfigurations': 'GetInventoryConfiguration',
    'ListBucketMetricsConfigurations': 'GetMetricsConfiguration',
    'ListBuckets': 'ListAllMyBuckets',
    'ListMultipartUploads': 'ListBucketMultipartUploads',
    'ListObjects': 'ListBucket',
    'ListObjectsV2': 'ListBucket',
    'ListObjectVersions': 'ListBucketVersions',
    'ListParts': 'ListMultipartUploadParts',
    'PostObject': 'PutObject',
    'PutBucketAccelerateConfiguration': 'PutAccelerateConfiguration',
    'PutBucketAnalyticsConfiguration': 'PutAnalyticsConfiguration',
    'PutBucketCors': 'PutBucketCORS',
    'PutBucketEncryption': 'PutEncryptionConfiguration',
    'PutBucketIntelligentTieringConfiguration': 'PutIntelligentTieringConfiguration',
    'PutBucketInventoryConfiguration': 'PutInventoryConfiguration',
    'PutBucketLifecycle': 'PutLifecycleConfiguration',
    'PutBucketLifecycleConfiguration': 'PutLifecycleConfiguration',
    'PutBucketMetricsConfiguration': 'PutMetricsConfiguration',
    'PutBucketNotificationConfiguration': 'PutBucketNotification',
    'PutBucketReplication': 'PutReplicationConfiguration',
    'PutObjectLockConfiguration': 'PutBucketObjectLockConfiguration',
    'PutPublicAccessBlock': 'PutBucketPublicAccessBlock',
    'SelectObjectContent': 'GetObject',
    'UploadPart': 'PutObject',
    'UploadPartCopy': 'PutObject',
}

EXCEPTIONS: dict[str, dict[str, str]] = {
    's3': S3,
    'bedrock': {
        'Converse': 'InvokeModel',
        'ConverseStream': 'InvokeModelWithResponseStream',
    },
    'lambda': {
        'GetLayerVersionByArn': 'GetLayerVersion',
        'Invoke': 'InvokeFunction',
        'InvokeAsync': 'InvokeFunction',
        'InvokeWithResponseStream': 'InvokeFunction',
    },
    'sns': {'PublishBatch': 'Publish'},
    'sqs': {
        'ChangeMessageVisibilityBatch': 'ChangeMessageVisibility',
        'DeleteMessageBatch': 'DeleteMessage',
        'SendMessageBatch': 'SendMessage',
    },
    'sts': {'GetCallerIdentity': '', 'GetSessionToken': ''},  # everybody may
}

PREFIXES = {'iotdata': 'iot', 'monitoring': 'cloudwatch', 'tagging': 'tag'}


class IAM_Actions:
    """The names that IAM has for API operations: mostly the same, for S3 often another.

    Source : AWS "Service Authorization Reference".
    """

    @staticmethod
    def of(service: str, operation: str) -> str:
        """'s3:ListBucket' for ('s3', 'ListObjectsV2'); '' for what everybody may do. service is a signing name."""
        name = EXCEPTIONS.get(service, {}).get(operation, operation)
        return f'{PREFIXES.get(service, service)}:{name}' if name else ''
