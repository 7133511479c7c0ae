"""The environment variables of a worker."""

import os

from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Lambda_Paths import Lambda_Paths


class Worker_Environ:
    """The environment variables of a worker: those of Lambda, and the user's; nothing of this process's own.

    Source : the variables recorded in functions on AWS. X-Ray's daemon has this machine's address, where there is
             none; there is no HOME.
    """

    @classmethod
    def variables(
        cls,
        spec: Function_Spec,
        paths: Lambda_Paths,
        log_stream: str,
        runtime_api: str,
    ) -> dict[str, str]:
        """All of them; runtime_api is 'host:port'."""
        code_dir, runtime_dir = paths.code, str(paths.runtime)
        programs = [paths.programs, '/usr/local/bin', '/usr/bin/', '/bin', *(one / 'bin' for one in paths.layers)]
        libraries = [*paths.libraries, paths.runtime, paths.runtime / 'lib', code_dir, code_dir / 'lib']
        libraries += [one / 'lib' for one in paths.layers]
        replaceable = {
            'AWS_XRAY_CONTEXT_MISSING': 'LOG_ERROR',
            'AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1:2000',
            '_AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1',
            '_AWS_XRAY_DAEMON_PORT': '2000',
            'LANG': 'en_US.UTF-8',
            'LD_LIBRARY_PATH': os.pathsep.join(map(str, libraries)),
            'PATH': os.pathsep.join(map(str, programs)),
            'PWD': str(code_dir),
            'PYTHONPATH': runtime_dir,
            'SHLVL': '0',
            'TZ': ':UTC',
        }
        if paths.temp is not None:
            replaceable['TMPDIR'] = str(paths.temp)
        if int(spec.runtime.rpartition('.')[2]) >= 12:
            replaceable['LC_CTYPE'] = 'C.UTF-8'  # Lambda's images of 3.12 and later lack the locale of LANG
        if spec.endpoint_url is not None:
            replaceable['AWS_ENDPOINT_URL'] = spec.endpoint_url
        reserved = {
            'AWS_DEFAULT_REGION': spec.region,
            'AWS_EXECUTION_ENV': f'AWS_Lambda_{spec.runtime}',
            'AWS_LAMBDA_FUNCTION_MEMORY_SIZE': str(spec.memory_size),
            'AWS_LAMBDA_FUNCTION_NAME': spec.name,
            'AWS_LAMBDA_FUNCTION_VERSION': spec.version,
            'AWS_LAMBDA_INITIALIZATION_TYPE': spec.initialization,
            'AWS_LAMBDA_LOG_GROUP_NAME': spec.log_group,
            'AWS_LAMBDA_LOG_STREAM_NAME': log_stream,
            'AWS_LAMBDA_RUNTIME_API': runtime_api,
            'AWS_REGION': spec.region,
            'LAMBDA_RUNTIME_DIR': runtime_dir,
            'LAMBDA_TASK_ROOT': str(code_dir),
            '_HANDLER': spec.handler,
        }
        if spec.log_format == 'JSON':
            reserved |= {'AWS_LAMBDA_LOG_FORMAT': 'JSON', 'AWS_LAMBDA_LOG_LEVEL': spec.application_log_level}
        return {**replaceable, **spec.environment, **reserved, **spec.credentials}
