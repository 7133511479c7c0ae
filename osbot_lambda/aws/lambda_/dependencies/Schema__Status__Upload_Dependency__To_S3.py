from osbot_lambda.schemas.Schema__Base import Schema__Base


class Schema__Status__Upload_Dependency__To_S3(Schema__Base):
    """What install_and_upload() did.

    Shapes : sha256 is the hex digest of the zip in S3. result__already_existed: it was there, and nothing was done.
    Units  : durations are seconds.
    """

    package_name: str
    s3_bucket: str
    s3_key: str
    sha256: str
    duration__install_locally: float
    duration__upload_to_s3: float
    result__already_existed: bool
    result__install_locally: bool
    result__upload_to_s3: bool
