"""Where invoices are kept."""

import json
from decimal import Decimal
from typing import Any

from app.config import get_aws_client


def save_to_s3(bucket: str, key: str, invoice: dict[str, Any]) -> dict[str, Any]:
    """Store the invoice unless the key has one; returns the one that is stored, which may be an earlier one."""
    s3 = get_aws_client('s3')
    body = json.dumps(invoice, default=float, allow_nan=False)  # float is for Decimal
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType='application/json', IfNoneMatch='*')
        stored = body
    except s3.exceptions.ClientError as error:
        if error.response['Error']['Code'] != 'PreconditionFailed':
            raise
        stored = s3.get_object(Bucket=bucket, Key=key)['Body'].read()
    return json.loads(stored, parse_float=Decimal)
