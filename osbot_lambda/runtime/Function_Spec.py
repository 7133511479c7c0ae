"""What is needed to run one version of one function."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True, slots=True)
class Function_Spec:
    """Everything needed to run one version of one function.

    Shapes : arn is the unqualified function ARN; version is '$LATEST' or a number as text; handler is
             'module.function'; runtime is 'python3.11'; code_dir is the unpacked zip (Lambda's /var/task); environment
             holds the user's variables; credentials the AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
             of the role; endpoint_url becomes AWS_ENDPOINT_URL; each of layer_dirs is an unpacked layer, the last wins;
             log_format is 'Text' or 'JSON', and the log levels ('TRACE' … 'FATAL') are those of JSON;
             initialization is 'on-demand' or 'provisioned-concurrency'.
    Units  : memory_size and ephemeral_storage (of /tmp) in MiB, timeout in seconds.
    revision changes whenever code or configuration change: an environment serves one (arn, version, revision).
    """

    arn: str
    name: str
    version: str
    handler: str
    runtime: str
    code_dir: Path
    revision: str
    memory_size: int
    timeout: float
    account_id: str
    region: str
    environment: Mapping[str, str]
    credentials: Mapping[str, str]
    endpoint_url: Optional[str]
    log_group: str
    layer_dirs: tuple[Path, ...] = ()
    log_format: str = 'Text'
    application_log_level: str = 'INFO'
    system_log_level: str = 'INFO'
    initialization: str = 'on-demand'
    ephemeral_storage: int = 512
