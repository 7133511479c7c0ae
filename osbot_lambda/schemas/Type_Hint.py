from collections.abc import Iterable
from typing import Any, Union, get_args, get_origin

PLAIN = (str, int, float, bool, bytes, dict, list, type(None))


class Type_Hint:
    """The annotations that most attributes have, checked more strictly than Type_Safe does, and said in words.

    Shapes : known are text, numbers, bytes, lists, dicts, None, and Optional and Union of those. Of what else there is
             everything fits: Type_Safe has its own say.
    """

    @classmethod
    def fits(cls, value: Any, hint: Any) -> bool:
        """Whether the value may stand there: True is no int, and 1 may be a float."""
        if hint in PLAIN:
            if isinstance(value, bool):
                return hint is bool
            return isinstance(value, (int, float) if hint is float else hint)
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Union:
            return any(cls.fits(value, part) for part in inner)
        if origin is list:
            return isinstance(value, list) and all(cls.fits(item, inner[0]) for item in value)
        if origin is dict:
            return isinstance(value, dict) and all(
                cls.fits(key, inner[0]) and cls.fits(item, inner[1]) for key, item in value.items()
            )
        return True

    @classmethod
    def text(cls, hint: Any) -> str:
        """'int', 'str or None', 'dict[str, str]'."""
        if hint is None or hint is type(None):
            return 'None'
        inner = [cls.text(part) for part in get_args(hint)]
        if not inner:
            return getattr(hint, '__name__', str(hint))
        origin = get_origin(hint)
        return ' or '.join(inner) if origin is Union else f'{getattr(origin, "__name__", origin)}[{", ".join(inner)}]'

    @classmethod
    def kind(cls, value: Any) -> str:
        """'str', 'list[int or str]': the types and not the value, which may be a secret."""
        parts = []
        if isinstance(value, dict) and value:
            parts = [cls._kinds(value), cls._kinds(value.values())]
        elif isinstance(value, list) and value:
            parts = [cls._kinds(value)]
        name = next((kind.__name__ for kind in (list, dict) if isinstance(value, kind)), type(value).__name__)
        return f'{name}[{", ".join(parts)}]' if parts else name

    @staticmethod
    def _kinds(items: Iterable[Any]) -> str:
        return ' or '.join(sorted({type(item).__name__ for item in items}))
