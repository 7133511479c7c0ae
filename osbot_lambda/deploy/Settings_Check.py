import json
import re
from dataclasses import dataclass

from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.errors import Setting__Invalid

LONGEST_DESCRIPTION = 256
LARGEST_ENVIRONMENT = 4096  # bytes of its compact JSON
MOST_LAYERS = 5
MOST_SUBNETS, MOST_SECURITY_GROUPS = 16, 5
LOG_LEVELS = {
    'ApplicationLogLevel': ('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'),
    'SystemLogLevel': ('DEBUG', 'INFO', 'WARN'),
}
DEAD_LETTER = re.compile(r'arn:[a-z-]+:(sqs|sns):[a-z0-9-]+:\d{12}:\S+')
ROLE = re.compile(r'arn:[a-z-]+:iam::\d{12}:role/\S+|[\w+=,.@-]{1,64}')
RESERVED = re.compile(
    r'_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|AWS_EXECUTION_ENV|AWS_REGION|AWS_DEFAULT_REGION|'
    r'AWS_ACCESS_KEY(_ID)?|AWS_SECRET_(ACCESS_)?KEY|AWS_SESSION_TOKEN|'
    r'AWS_LAMBDA_(FUNCTION_.*|LOG_(GROUP|STREAM)_NAME|RUNTIME_API|INITIALIZATION_TYPE)'
)


@dataclass(frozen=True, slots=True)
class Settings_Check:
    """Whether Lambda would take what was named of a function's settings; makes no call.

    Errors : Setting__Invalid.
    Source : the limits are AWS's "Lambda quotas" and "Defined runtime environment variables", and the API's model.
    """

    name: str
    settings: Deploy_Settings

    def run(self) -> None:
        """Raises what Lambda would refuse."""
        if self.settings.image_uri is not None:
            self._check_image()
        self._check_numbers()
        self._check_texts()
        self._check_vpc()
        self._check_logging()
        self._check_layers()
        self._check_environment()

    def _check_image(self) -> None:
        settings = self.settings
        named = {'handler': settings.handler, 'runtime': settings.runtime, 'layers': settings.layers_named}
        wrong = [name for name, value in named.items() if value]
        if wrong:
            raise Setting__Invalid(f'{self.name} is a container image, which brings its own: {", ".join(wrong)}')

    def _check_numbers(self) -> None:
        settings = self.settings
        for name, value, least, most, unit in (
            ('memory_size', settings.memory_size, 128, 10240, 'MiB'),
            ('ephemeral_storage', settings.ephemeral_storage, 512, 10240, 'MiB'),
            ('timeout', settings.timeout, 1, 900, 's'),
        ):
            if value is not None and not least <= value <= most:
                raise Setting__Invalid(f'{name} is {value} {unit}; Lambda takes {least} to {most}')
        if settings.deadline <= 0:
            raise Setting__Invalid(f'the deadline of a deploy is {settings.deadline:g} s; it has to be more than 0')

    def _check_texts(self) -> None:
        settings = self.settings
        if settings.description is not None and len(settings.description) > LONGEST_DESCRIPTION:
            raise Setting__Invalid(
                f'the description has {len(settings.description)} characters; Lambda takes {LONGEST_DESCRIPTION}'
            )
        if settings.role is not None and not ROLE.fullmatch(settings.role):
            raise Setting__Invalid(f"role {settings.role!r} is neither a role's name nor its ARN")
        for what, text, known in (
            ('tracing', settings.tracing, ('Active', 'PassThrough')),
            ('architecture', settings.architecture, ('x86_64', 'arm64')),
        ):
            if text is not None and text not in known:
                raise Setting__Invalid(f'{what} is {text!r}; Lambda takes {_any_of(known)}')
        if settings.dead_letter and not DEAD_LETTER.fullmatch(settings.dead_letter):
            raise Setting__Invalid(
                f'dead letters can not go to {settings.dead_letter!r}: give the ARN of a queue or topic'
            )

    def _check_vpc(self) -> None:
        settings = self.settings
        if bool(settings.subnet_ids) != bool(settings.security_group_ids):
            raise Setting__Invalid('a VPC takes both, subnet_ids and security_group_ids; set_vpc() alone removes it')
        for what, given, most in (
            ('subnets', settings.subnet_ids, MOST_SUBNETS),
            ('security groups', settings.security_group_ids, MOST_SECURITY_GROUPS),
        ):
            if len(given) > most:
                raise Setting__Invalid(f'{self.name} has {len(given)} {what}; Lambda takes {most}')

    def _check_logging(self) -> None:
        logging = self.settings.logging
        log_format = logging.get('LogFormat')
        if log_format not in (None, 'Text', 'JSON'):
            raise Setting__Invalid(f"the log format is {log_format!r}; Lambda takes 'Text' or 'JSON'")
        for key, known in LOG_LEVELS.items():
            level = logging.get(key)
            if level is not None and level not in known:
                raise Setting__Invalid(f'{key} is {level!r}; Lambda takes {_any_of(known)}')
            if level is not None and log_format == 'Text':
                raise Setting__Invalid(f"{key} is {level!r}, and a log in the format 'Text' has no levels; take 'JSON'")
        group = logging.get('LogGroup')
        if group is not None and not re.fullmatch(r'[\w./#-]{1,512}', group):
            raise Setting__Invalid(f'{group!r} is no name for a log group')

    def _check_layers(self) -> None:
        settings = self.settings
        count = len(settings.layers) + bool(settings.packages)
        if count > MOST_LAYERS:
            raise Setting__Invalid(f'{self.name} has {count} layers; Lambda takes {MOST_LAYERS}')
        seen: dict[str, str] = {}
        for arn in settings.layers:
            other = seen.setdefault(arn.rpartition(':')[0], arn)
            if other != arn:
                raise Setting__Invalid(f'{other} and {arn} are versions of one layer; a function takes one of them')

    def _check_environment(self) -> None:
        variables = self.settings.env_variables
        for name in variables:
            if not re.fullmatch(r'[a-zA-Z][a-zA-Z0-9_]+', name):
                raise Setting__Invalid(
                    f'environment variable {name!r}: Lambda takes letters, digits and _, at least two, a letter first'
                )
            if RESERVED.fullmatch(name):
                raise Setting__Invalid(f'environment variable {name!r} is reserved: Lambda sets it itself')
        size = len(json.dumps(variables, separators=(',', ':'), ensure_ascii=False).encode())
        if size > LARGEST_ENVIRONMENT:
            raise Setting__Invalid(
                f'the environment variables have {size} bytes as JSON; Lambda takes {LARGEST_ENVIRONMENT}'
            )


def _any_of(known: tuple[str, ...]) -> str:
    return f'{", ".join(repr(each) for each in known[:-1])} or {known[-1]!r}'
