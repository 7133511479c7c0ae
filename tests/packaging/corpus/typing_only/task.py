import typing
import typing as t
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import one
    from mypy_boto3_s3 import S3Client
if typing.TYPE_CHECKING:
    import two
else:
    import three
if not TYPE_CHECKING:
    import four


def run(event: 'S3Client', context) -> 'one.Thing':
    return four.value


if __name__ == '__main__':
    import five
    import pytest
