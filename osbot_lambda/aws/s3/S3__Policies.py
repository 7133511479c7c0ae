import json
from typing import Any, Optional, Self

from osbot_lambda.aws.Listing import Listing
from osbot_lambda.aws.s3.S3__Base import S3__Base
from osbot_lambda.errors import Aws__Not_Found


class S3__Policies(S3__Base):
    """The policy of a bucket, and its statements."""

    def policy(self, s3_bucket: str) -> dict[str, Any]:
        """The bucket's policy document; {} when it has none. Aws__Not_Found when there is no bucket."""
        try:
            text = self.call('get_bucket_policy', Bucket=s3_bucket)['Policy']
        except Aws__Not_Found as error:
            if error.code != 'NoSuchBucketPolicy':
                raise
            return {}
        found: dict[str, Any] = json.loads(text)
        return found

    def policy_statements(self, s3_bucket: str, index_by: Optional[str] = None, group_by: Optional[str] = None) -> Any:
        """The statements of the policy: a list, or a dict by the value of a key ('Sid')."""
        found = self.policy(s3_bucket).get('Statement', [])
        return Listing.of([found] if isinstance(found, dict) else found, index_by=index_by, group_by=group_by)

    def policy_statements__new(self, action: str, effect: str, service: str, resource_arn: str) -> dict[str, Any]:
        """A statement about a service ('s3:PutObject', 'Allow', 'logs.amazonaws.com', arn), for policy_create()."""
        return {'Effect': effect, 'Principal': {'Service': service}, 'Action': action, 'Resource': resource_arn}

    def policy_statements__without(self, s3_bucket: str, key: str, value: Any) -> list[dict[str, Any]]:
        """The statements whose `key` isn't `value`; policy_create() writes them back."""
        return [one for one in self.policy_statements(s3_bucket) if one.get(key) != value]

    def policy_create(self, s3_bucket: str, statements: list[dict[str, Any]]) -> Self:
        """Replace the bucket's policy by these statements; [] removes it."""
        if not statements:
            self.call('delete_bucket_policy', Bucket=s3_bucket)
            return self
        text = self.to_json({'Version': '2012-10-17', 'Statement': statements}, 'PutBucketPolicy', s3_bucket)
        self.call('put_bucket_policy', Bucket=s3_bucket, Policy=text)
        return self
