"""The environment variables of a worker."""

import os
import sys
from pathlib import Path

from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Worker_Process import Worker_Process


class Worker_Environ:
    """The environment variables of a worker: those of Lambda, and the user's; nothing of this process's own.

    Source : the variables recorded in functions on AWS, without those about X-Ray's daemon and the shell.
    """

    @classmethod
    def variables(
        cls, spec: Function_Spec, code_dir: Path, runtime_dir: Path, temp_dir: Path, log_stream: str, runtime_api: str
    ) -> dict[str, str]:
        """All of them; runtime_api is 'host:port'."""
        programs = [os.path.dirname(Worker_Process.interpreter()), '/usr/local/bin', '/usr/bin', '/bin']
        replaceable = {
            'LANG': 'en_US.UTF-8',
            'PATH': os.pathsep.join([*programs, *(str(layer / 'bin') for layer in reversed(spec.layer_dirs))]),
            'PYTHONPATH': str(runtime_dir),
            'TMPDIR': str(temp_dir),
            'TZ': ':UTC',
        }
        if sys.version_info >= (3, 12):
            replaceable['LC_CTYPE'] = 'C.UTF-8'  # Lambda's images of 3.12 and later lack the locale of LANG
        if spec.endpoint_url is not None:
            replaceable['AWS_ENDPOINT_URL'] = spec.endpoint_url
        reserved = {
            'AWS_DEFAULT_REGION': spec.region,
            'AWS_EXECUTION_ENV': f'AWS_Lambda_{spec.runtime}',
            'AWS_LAMBDA_FUNCTION_MEMORY_SIZE': str(spec.memory_size),
            'AWS_LAMBDA_FUNCTION_NAME': spec.name,
            'AWS_LAMBDA_FUNCTION_VERSION': spec.version,
            'AWS_LAMBDA_INITIALIZATION_TYPE': 'on-demand',
            'AWS_LAMBDA_LOG_GROUP_NAME': spec.log_group,
            'AWS_LAMBDA_LOG_STREAM_NAME': log_stream,
            'AWS_LAMBDA_RUNTIME_API': runtime_api,
            'AWS_REGION': spec.region,
            'LAMBDA_RUNTIME_DIR': str(runtime_dir),
            'LAMBDA_TASK_ROOT': str(code_dir),
            '_HANDLER': spec.handler,
        }
        return {**replaceable, **spec.environment, **reserved, **spec.credentials}
