from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from osbot_lambda.errors import Setting__Invalid

DEFAULTS: dict[str, Any] = {  # what a new function has of a setting that isn't sent
    'Architectures': ['x86_64'],
    'DeadLetterConfig': {'TargetArn': ''},
    'Description': '',
    'Environment': {'Variables': {}},
    'EphemeralStorage': {'Size': 512},
    'LoggingConfig': {'LogFormat': 'Text'},
    'TracingConfig': {'Mode': 'PassThrough'},
    'VpcConfig': {'SubnetIds': [], 'SecurityGroupIds': []},
}
LEVELS = ('ApplicationLogLevel', 'SystemLogLevel')


@dataclass(frozen=True, slots=True)
class Setting_Value:
    """One setting of a function, by AWS's name: what it has of it, what it is to have, and both as texts.

    Shapes : there is the part of GetFunctionConfiguration's answer that can be sent; wanted is what is to be sent,
             of a setting with several keys also those that weren't named, as they are: Lambda replaces some whole.
    Errors : of() raises Setting__Invalid for log levels of a log in the format 'Text'.
    """

    key: str
    there: Any
    wanted: Any

    @classmethod
    def of(cls, key: str, named: Any, configuration: Mapping[str, Any]) -> 'Setting_Value':
        """From what was named, and the function's configuration; {} for a new function."""
        there = configuration.get(key) or DEFAULTS.get(key, '')
        if key == 'VpcConfig':
            return cls(key, *cls._vpc(named, there))
        if key == 'LoggingConfig':
            return cls(key, there, cls._logging(named, there))
        if isinstance(named, Mapping):  # without what only the answer has
            there = {name: there.get(name, DEFAULTS[key][name]) for name in named}
        return cls(key, there, named)

    @property
    def differs(self) -> bool:
        """Whether there is something to send."""
        return bool(self.there != self.wanted)

    def texts(self) -> tuple[str, str]:
        """For a plan, what is there and what then will be; of environment variables names, never values."""
        if self.key == 'Environment':
            return self._names(self.there['Variables'], self.wanted['Variables'])
        if isinstance(self.wanted, dict) and len(self.wanted) > 1:
            changed = {name: value for name, value in self.wanted.items() if value != self.there.get(name)}
            gone = {name: '' for name in self.there if name not in self.wanted}
            return self._text({name: self.there.get(name, '') for name in changed | gone}), self._text(changed | gone)
        return self._text(self.there), self._text(self.wanted)

    @classmethod
    def _text(cls, value: Any) -> str:
        if isinstance(value, dict) and len(value) > 1:
            return ', '.join(f'{name} {text}' for name, each in value.items() if (text := cls._text(each)))
        if isinstance(value, dict):
            return ', '.join(cls._text(each) for each in value.values())
        return ', '.join(value) if isinstance(value, list) else str(value)

    @staticmethod
    def _names(before: dict[str, str], after: dict[str, str]) -> tuple[str, str]:
        changed = [f'{name} (changed)' for name in before if name in after and before[name] != after[name]]
        removed = [name for name in before if name not in after]
        added = [name for name in after if name not in before]
        return ', '.join(sorted([*removed, *changed])), ', '.join(sorted([*added, *changed]))

    @staticmethod
    def _vpc(named: dict[str, list[str]], there: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        before = {key: sorted(there.get(key) or ()) for key in named}
        after: dict[str, Any] = {key: sorted(values) for key, values in named.items()}
        if before != after and any(after.values()) and there.get('Ipv6AllowedForDualStack'):
            return before, {**after, 'Ipv6AllowedForDualStack': True}  # left out, it would become false
        return before, after

    @staticmethod
    def _logging(named: dict[str, str], there: Mapping[str, str]) -> dict[str, str]:
        wanted = {**there, **named}
        if wanted['LogFormat'] == 'JSON':
            return wanted
        levels = [key for key in LEVELS if key in named]
        if levels:
            raise Setting__Invalid(
                f"{levels[0]} is {named[levels[0]]!r}, and the function's log has the format 'Text', which has no "
                f"levels: set_logging(format='JSON')"
            )
        return {key: value for key, value in wanted.items() if key not in LEVELS}
