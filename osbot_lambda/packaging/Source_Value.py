import math
import sys
from types import ModuleType
from typing import Any, Optional

from osbot_lambda.packaging.Captured_Name import Captured_Name


class Source_Value:
    """A live value, written as the source that makes it again. All static.

    Shapes : modules and what knows its module as import statements; str, bytes, int, float, bool, None, and tuples,
             lists, dicts of them with the value that they have now.
    """

    @classmethod
    def of(cls, name: str, value: Any, module: Optional[str]) -> Optional[Captured_Name]:
        """`name` bound to the value, for code that isn't in the value's own module; None when it can't be written.
        module is the name of the module that is being written: what is defined in there isn't imported from it."""
        line = cls.import_line(name, value, module)
        if line is not None:
            return Captured_Name(line, is_import=True)
        if cls.is_plain(value):
            return Captured_Name(f'{name} = {value!r}', is_value=True)
        return None

    @staticmethod
    def import_line(name: str, value: Any, module: Optional[str]) -> Optional[str]:
        """The import that binds it; None when it isn't a module, nor known by its name to one."""
        if isinstance(value, ModuleType):
            real = value.__name__
            if name == real:
                return f'import {real}'
            parent, _, last = real.rpartition('.')
            if parent:
                return f'from {parent} import {last}' + (f' as {name}' if last != name else '')
            return f'import {real} as {name}'
        home, own = getattr(value, '__module__', None), getattr(value, '__qualname__', None)
        elsewhere = isinstance(home, str) and home != module
        if elsewhere and isinstance(own, str) and getattr(sys.modules.get(str(home)), own, None) is value:
            return f'from {home} import {own}' + (f' as {name}' if own != name else '')
        return None

    @classmethod
    def is_plain(cls, value: object) -> bool:
        """Does its repr() make it again?"""
        if type(value) is float:
            return math.isfinite(value)
        if value is None or type(value) in (str, int, bool, bytes):
            return True
        if isinstance(value, tuple | list) and type(value) in (tuple, list):
            return all(cls.is_plain(one) for one in value)
        if isinstance(value, dict) and type(value) is dict:
            return all(cls.is_plain(key) and cls.is_plain(one) for key, one in value.items())
        return False

    @staticmethod
    def kind(value: object) -> str:
        """Its type, for messages: 'sqlite3.Connection', 'int'."""
        return f'{type(value).__module__}.{type(value).__qualname__}'.removeprefix('builtins.')
