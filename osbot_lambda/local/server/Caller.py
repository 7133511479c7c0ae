import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote

from osbot_lambda.local.server.Http_Request import Http_Request


@dataclass(frozen=True, slots=True)
class Caller:
    """Which service a request is for, in which region, and with which access key: read from how it is signed.

    Shapes : service is the signing name ('s3', 'monitoring'); region and access_key are '' when it doesn't say.
    Source : AWS "Signature Version 4", its query form (presigned URLs), and S3's old Signature Version 2.
             Unsigned requests: X-Amz-Target, a query API's Version, Lambda's paths; else it is S3.
    """

    service: str
    region: str = ''
    access_key: str = ''

    @property
    def signed(self) -> bool:
        """Whether the request names an access key at all."""
        return bool(self.access_key)

    @classmethod
    def of(cls, request: Http_Request) -> Self:
        """Read it from the request; never fails."""
        authorization = request.headers.get('authorization', '')
        found = _CREDENTIAL.search(authorization) or _CREDENTIAL_QUERY.search(request.query)
        if found:
            scope = unquote(found[1]).split('/')
            if len(scope) == 5:
                return cls(scope[3].lower(), scope[2], scope[0])
            if len(scope) == 4:  # SigV4A: valid in several regions, so it names none
                return cls(scope[2].lower(), '', scope[0])
        if authorization.startswith('AWS '):
            return cls('s3', '', authorization[4:].partition(':')[0])
        if 'AWSAccessKeyId=' in request.query:
            return cls('s3', '', parse_qs(request.query)['AWSAccessKeyId'][0])
        return cls(_unsigned_service(request))


_CREDENTIAL = re.compile(r'\bCredential=([^,\s]+)')
_CREDENTIAL_QUERY = re.compile(r'(?:^|&)X-Amz-Credential=([^&]+)')
_LAMBDA_PATH = re.compile(
    r'/20\d\d-\d\d-\d\d/(functions|event-source-mappings|layers|tags|account-settings|resource-policy'
    r'|code-signing-configs|capacity-providers|durable-executions|durable-execution-callbacks)\b'
)
_TARGETS = {
    'AWSCognitoIdentityProviderService': 'cognito-idp',
    'AWSCognitoIdentityService': 'cognito-identity',
    'AWSEvents': 'events',
    'AWSStepFunctions': 'states',
    'AmazonSQS': 'sqs',
    'AmazonSSM': 'ssm',
    'DynamoDB_20120810': 'dynamodb',
    'Kinesis_20131202': 'kinesis',
    'Logs_20140328': 'logs',
    'TrentService': 'kms',
    'secretsmanager': 'secretsmanager',
}
_VERSIONS = {
    '2010-03-31': 'sns',
    '2010-05-08': 'iam',
    '2010-05-15': 'cloudformation',
    '2010-08-01': 'monitoring',
    '2011-06-15': 'sts',
    '2012-11-05': 'sqs',
    '2016-11-15': 'ec2',
}


def _unsigned_service(request: Http_Request) -> str:
    target = request.headers.get('x-amz-target', '').partition('.')[0]
    if target in _TARGETS:
        return _TARGETS[target]
    is_form = request.headers.get('content-type', '').startswith('application/x-www-form-urlencoded')
    form = request.body.decode('latin-1') if is_form else request.query
    if 'Action=' in form:
        version = parse_qs(form).get('Version', [''])[0]
        return _VERSIONS.get(version, 'sts')
    return 'lambda' if _LAMBDA_PATH.match(request.path) else 's3'
