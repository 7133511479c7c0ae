import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

LIST = Path(__file__).with_name('osbot_names.txt')

MOVED = {
    'osbot_aws.deploy.TestCase__Lambda__Deploy': 'osbot_lambda.testing.TestCase__Lambda__Deploy',
    'osbot_aws.apis.Logs': 'osbot_lambda.aws.logs.Logs',
    'osbot_aws.helpers.SQS_Queue': 'osbot_lambda.aws.sqs.SQS_Queue',
    'osbot_aws.apis.shell.Lambda_Shell': 'osbot_lambda.shell.Lambda_Shell',
    'osbot_aws.apis.shell.Shell_Client': 'osbot_lambda.shell.Shell_Client',
    'osbot_aws.apis.shell.Shell_Server': 'osbot_lambda.shell.Shell_Server',
}


@dataclass(frozen=True, slots=True)
class Osbot_Name:
    """One public name of OSBot-AWS 2.39.3, as osbot_names.txt has it, and what we have of it.

    Shapes : text is 'Class.method', 'Class.attribute', or 'module:function'; parameters is 'a, b=None', and None for
             what isn't called. The list leaves private names out; index_by and group_by, which OSBot's decorators
             add, are written as parameters.
    """

    module: str
    text: str
    parameters: Optional[str]

    @classmethod
    def read_all(cls) -> Iterator['Osbot_Name']:
        """The names of the list, in its order."""
        module = ''
        for line in LIST.read_text().splitlines():
            if line.startswith('# '):
                module = line.removeprefix('# ')
            elif line:
                text, bracket, rest = line.partition('(')
                yield cls(module, text, rest.removesuffix(')') if bracket else None)

    @property
    def home(self) -> str:
        """Our module for it."""
        return MOVED.get(self.module) or self.module.replace('osbot_aws', 'osbot_lambda', 1)

    def missing(self) -> str:
        """What isn't as in OSBot; '' when it can be used as there."""
        try:
            module = importlib.import_module(self.home)
        except ImportError as error:
            return f'no module: {error}'
        owner, _, name = self.text.replace(':', '.').partition('.')
        place = module if ':' in self.text else getattr(module, owner)
        if not hasattr(place, name):
            known = inspect.isclass(place) and (name in _annotations(place) or name in _arguments(place))
            return '' if known and self.parameters is None else 'not there'
        if self.parameters is None:
            return ''
        found = place if name == '__init__' else getattr(place, name)
        return self._calls_that_fail(found, is_method=':' not in self.text and _is_method(place, name))

    def _calls_that_fail(self, found: Any, is_method: bool) -> str:
        if not callable(found):
            return 'is not called'
        given = ast.parse(f'def f({self.parameters}): pass').body[0]
        assert isinstance(given, ast.FunctionDef)
        names = [argument.arg for argument in given.args.args]
        needed = names[: len(names) - len(given.args.defaults)]
        signature = inspect.signature(found)
        first = ['self'] if is_method else []
        by_position, by_name, least = (*first, *names), dict.fromkeys(names), dict.fromkeys(needed)
        if 'index_by' in names:  # OSBot's decorators take these by name only
            by_position = (*first, *(name for name in names if name not in ('index_by', 'group_by')))
        for args, kwargs, words in (
            (by_position, {}, 'by position'),
            (first, by_name, 'by name'),
            (first, least, 'with what is needed only'),
        ):
            try:
                signature.bind(*args, **kwargs)
            except TypeError as error:
                return f'{words}: {error}'
        return ''


def _annotations(cls: type) -> set[str]:
    return {name for base in cls.__mro__ for name in inspect.get_annotations(base)}


def _arguments(cls: type) -> set[str]:
    return set(inspect.signature(cls).parameters)


def _is_method(cls: Any, name: str) -> bool:
    return name != '__init__' and inspect.isfunction(inspect.getattr_static(cls, name, None))
