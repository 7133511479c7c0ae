from collections.abc import Callable, Mapping
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Code_Store import Code_Store
from osbot_lambda.local.server.lambda_.Function_Code import Function_Code
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Code_Source:
    """Where a deployment package comes from: the request itself, or an object in S3.

    s3_get(account_id, region, bucket, key, version or None) gives the object's bytes, and raises Api__Error in
    Lambda's words when it can't.
    """

    MAX_ZIPPED = 52_428_800

    def __init__(self, store: Code_Store, s3_get: Callable[[str, str, str, str, Optional[str]], bytes]):
        self.store, self.s3_get = store, s3_get

    def read(self, context: Api_Context, params: Mapping[str, Any], what: str = 'function code') -> Function_Code:
        """Store and unpack what ZipFile, or S3Bucket with S3Key, name; `what` it is, for the error.

        Raises Api__Error: none of them given, an object that isn't there, no zip, too large.
        """
        data = params.get('ZipFile')
        if data is not None:
            if any(params.get(key) for key in ('S3Bucket', 'S3Key', 'S3ObjectVersion')):
                raise Lambda_Errors.invalid(
                    'Please do not provide other FunctionCode parameters when providing a ZipFile.'
                )
            if len(data) > self.MAX_ZIPPED:
                raise Lambda_Errors.too_large(f'Zipped size must be smaller than {self.MAX_ZIPPED} bytes')
            return self.store.add(data)
        if params.get('S3Bucket') and params.get('S3Key'):
            place = (params['S3Bucket'], params['S3Key'], params.get('S3ObjectVersion'))
            return self.store.add(self.s3_get(context.account_id, context.region, *place))
        raise Lambda_Errors.invalid(f'Please provide a source for {what}.')
