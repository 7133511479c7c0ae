import pytest

from osbot_lambda.aws.iam.IAM_Actions import IAM_Actions


class test_IAM_Actions:
    @pytest.mark.parametrize(
        ('service', 'operation', 'action'),
        [
            ('s3', 'ListObjectsV2', 's3:ListBucket'),
            ('s3', 'HeadBucket', 's3:ListBucket'),
            ('s3', 'HeadObject', 's3:GetObject'),
            ('s3', 'CreateMultipartUpload', 's3:PutObject'),
            ('s3', 'AbortMultipartUpload', 's3:AbortMultipartUpload'),
            ('s3', 'ListBuckets', 's3:ListAllMyBuckets'),
            ('lambda', 'Invoke', 'lambda:InvokeFunction'),
            ('sqs', 'SendMessageBatch', 'sqs:SendMessage'),
            ('sns', 'PublishBatch', 'sns:Publish'),
            ('dynamodb', 'BatchGetItem', 'dynamodb:BatchGetItem'),
            ('monitoring', 'PutMetricData', 'cloudwatch:PutMetricData'),
            ('sts', 'AssumeRole', 'sts:AssumeRole'),
            ('sts', 'GetCallerIdentity', ''),
        ],
    )
    def test_the_action_of(self, service, operation, action):
        assert IAM_Actions.of(service, operation) == action
