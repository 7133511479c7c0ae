from difflib import get_close_matches
from inspect import get_annotations
from types import UnionType
from typing import Any, ClassVar, Optional, Union, get_args, get_origin

from osbot_utils.type_safe.Type_Safe import Type_Safe


class Schema__Base(Type_Safe):
    """Type_Safe, and strict: what is configured or stored is either right or refused.

    Shapes : class attributes with annotations; keyword arguments at construction.
    Errors : AttributeError for a name the class doesn't have (with the nearest one that it has), ValueError for a
             value of another type and for None where the annotation isn't Optional, TypeError, when the class is
             made, for an annotation that Type_Safe would misread.
    """

    __known_names__: ClassVar[frozenset[str]] = frozenset()  # dunder: Type_Safe leaves those alone
    __never_none__: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        annotations: dict[str, Any] = {}
        known: set[str] = set()
        for base in reversed(cls.__mro__):
            annotations.update(get_annotations(base))
            known.update(name for name, value in vars(base).items() if cls.__is_data__(name, value))
        annotations = {name: hint for name, hint in annotations.items() if not name.startswith('__')}
        for name, hint in annotations.items():
            if isinstance(hint, str | UnionType):
                raise TypeError(
                    f'{cls.__name__}.{name}: Type_Safe misreads the annotation {hint!r}; write Optional[…] or '
                    f'Union[…], and no `from __future__ import annotations`'
                )
        cls.__known_names__ = frozenset(known | annotations.keys())
        cls.__never_none__ = frozenset(name for name, hint in annotations.items() if not cls.__takes_none__(hint))

    def __init__(self, **kwargs: Any):
        for name, value in kwargs.items():
            self.__check_name__(name)
            if value is None:  # Type_Safe drops it silently
                self.__check_none__(name)
        super().__init__(**kwargs)
        for name in self.__never_none__:
            if self.__dict__.get(name) is None:
                self.__check_none__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__known_names__:
            self.__check_name__(name)
        if value is None and self.__dict__.get(name) is not None:
            self.__check_none__(name)
        super().__setattr__(name, value)

    @classmethod
    def __cls_kwargs__(cls, provided_kwargs: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        found = super().__cls_kwargs__(provided_kwargs)  # takes static methods and the like for attributes
        return {name: value for name, value in found.items() if name in cls.__known_names__}

    @staticmethod
    def __is_data__(name: str, value: Any) -> bool:
        if name.startswith('__'):
            return False
        if isinstance(value, property):
            return value.fset is not None
        return not hasattr(type(value), '__get__') and not isinstance(value, type)

    @staticmethod
    def __takes_none__(hint: Any) -> bool:
        if hint is Any or hint is object:
            return True
        return get_origin(hint) is Union and type(None) in get_args(hint)

    def __check_name__(self, name: str) -> None:
        if name in self.__known_names__:
            return
        if hasattr(type(self), name):
            raise AttributeError(f'{type(self).__name__}.{name} is not for setting', name=name, obj=self)
        near = get_close_matches(name, sorted(self.__known_names__), n=1, cutoff=0.5)
        advice = f'; did you mean {near[0]!r}?' if near else f'; it has {", ".join(sorted(self.__known_names__))}'
        raise AttributeError(f'{type(self).__name__} has no attribute {name!r}{advice}', name=name, obj=self)

    def __check_none__(self, name: str) -> None:
        if name in self.__never_none__:
            raise ValueError(f'{type(self).__name__}.{name} may not be None')
