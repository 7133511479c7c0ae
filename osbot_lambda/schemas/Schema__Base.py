from inspect import get_annotations
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Optional, Union, get_args, get_origin

from osbot_lambda.schemas.Nearest_Name import Nearest_Name
from osbot_lambda.schemas.Type_Hint import Type_Hint
from osbot_lambda.schemas.Type_Safe import Type_Safe

# What Type_Safe gives to every class and nobody looks for: json() stays.
NOISE = frozenset(name for name in vars(Type_Safe) if not name.startswith('_')) - {'json'}


class Schema__Base(Type_Safe):
    """Type_Safe, and strict: what is configured or stored is either right or refused.

    Shapes : class attributes with annotations; keyword arguments at construction.
    Errors : AttributeError for a name the class doesn't have (with the nearest one that it has), ValueError for a
             value of another type, also inside of a list or dict, and for None where the annotation isn't Optional,
             TypeError, when the class is made, for an annotation that Type_Safe would misread.
    """

    __hints__: ClassVar[dict[str, Any]] = {}  # dunder: Type_Safe leaves those alone
    __own__: ClassVar[Optional[tuple[dict[str, Any], list[str]]]] = None
    __known_names__: ClassVar[frozenset[str]] = frozenset()
    __never_none__: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        hints: dict[str, Any] = {}
        known: set[str] = set()
        for base in reversed(cls.__mro__):
            if base not in (object, Type_Safe):
                own = vars(base).get('__own__') or cls.__find_own__(base)
                hints.update(own[0])
                known.update(own[1])
        cls.__hints__ = hints
        cls.__known_names__ = frozenset(known | hints.keys())
        cls.__never_none__ = frozenset(name for name, hint in hints.items() if not cls.__takes_none__(hint))

    @classmethod
    def __find_own__(cls, base: type) -> tuple[dict[str, Any], list[str]]:
        """The annotations, and the names of other data, that this very class has; kept there: a class is looked through
        once, however many inherit from it."""
        hints = {name: hint for name, hint in get_annotations(base).items() if not name.startswith('__')}
        for name, hint in hints.items():
            if isinstance(hint, str | UnionType):
                raise TypeError(
                    f'{base.__name__}.{name}: Type_Safe misreads the annotation {hint!r}; write Optional[…] or '
                    f'Union[…], and no `from __future__ import annotations`'
                )
        own = hints, [name for name, value in vars(base).items() if cls.__is_data__(name, value)]
        if issubclass(base, Schema__Base):
            base.__own__ = own
        return own

    def __init__(self, **kwargs: Any):
        for name, value in kwargs.items():
            self.__check_name__(name)
            if value is None:  # Type_Safe drops it silently
                self.__check_none__(name)
            else:
                self.__check_type__(name, value)
        super().__init__(**kwargs)
        for name in self.__never_none__:
            if self.__dict__.get(name) is None:
                self.__check_none__(name)

    if not TYPE_CHECKING:  # with a __setattr__, type checkers take any name

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in self.__known_names__:
                self.__check_name__(name)
            if value is None and self.__dict__.get(name) is not None:
                self.__check_none__(name)
            if value is not None:
                self.__check_type__(name, value)
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        ours = type(self).__mro__[: type(self).__mro__.index(Type_Safe)]
        return [name for name in super().__dir__() if name not in NOISE or any(name in vars(cls) for cls in ours)]

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
            raise AttributeError(f'{type(self).__name__}.{name} is not for setting')
        advice = Nearest_Name.advice(name, self.__known_names__)
        raise AttributeError(f'{type(self).__name__} has no attribute {name!r}; {advice}')

    def __check_none__(self, name: str) -> None:
        if name in self.__never_none__:
            raise ValueError(f'{type(self).__name__}.{name} may not be None')

    def __check_type__(self, name: str, value: Any) -> None:
        hint = self.__hints__.get(name, Any)
        if not Type_Hint.fits(value, hint):
            raise ValueError(
                f'{type(self).__name__}.{name} takes {Type_Hint.text(hint)}, and this is {Type_Hint.kind(value)}'
            )
