import re
from collections.abc import Callable
from typing import Any, Optional

from botocore.model import Shape

from osbot_lambda.errors import Api__Error

Check = Callable[[Any, str, list[str]], None]  # value, path ('code.s3Bucket'), and where to put what was found
Constraint = tuple[Callable[[Any], bool], str]  # holds?, and AWS's words for it


# What the engine checks itself, since AWS has other words for it.
LEFT_TO_ENGINE = frozenset((('CreateFunctionRequest', 'Runtime'), ('UpdateFunctionConfigurationRequest', 'Runtime')))


class Input_Validator:
    """Checks parameters against the constraints of their shapes, with AWS's words.

    Each shape is compiled once; a shape without constraints costs nothing.
    Errors : Api__Error ValidationException naming every constraint that isn't met, in the model's order.
    Source : texts as AWS Lambda answers them (lists and maps of scalars name the member's whole set of constraints).
    """

    def __init__(self) -> None:
        self.structures: dict[str, Check] = {}

    def compile(self, shape: Shape) -> Callable[[dict[str, Any]], None]:
        """The function that checks the parameters of an operation; raises ValidationException."""
        check = self.compile_structure(shape)

        def validate(params: dict[str, Any]) -> None:
            found: list[str] = []
            check(params, '', found)
            if found:
                errors = 'error' if len(found) == 1 else 'errors'
                raise Api__Error(
                    'ValidationException', f'{len(found)} validation {errors} detected: {"; ".join(found)}'
                )

        return validate

    def compile_shape(self, shape: Shape) -> Optional[Check]:
        """The check of one value; None when there is nothing to check."""
        if shape.type_name == 'structure':
            return self.compile_structure(shape)
        checks = [check for check in (self.own_check(shape), self.inner_check(shape)) if check]
        if len(checks) < 2:
            return checks[0] if checks else None

        def check_both(value: Any, path: str, found: list[str]) -> None:
            for check in checks:
                check(value, path, found)

        return check_both

    def compile_structure(self, shape: Shape) -> Check:
        """Required members, and each member's own check."""
        if shape.name in self.structures:
            return self.structures[shape.name]
        members: list[tuple[str, str, bool, Optional[Check]]] = []

        def check(value: Any, path: str, found: list[str]) -> None:
            for name, wire_name, is_required, check_member in members:
                item = value.get(name)
                if item is not None:
                    if check_member:
                        check_member(item, path + wire_name, found)
                elif is_required:
                    found.append(
                        f"Value null at '{path}{wire_name}' failed to satisfy constraint: Member must not be null"
                    )

        def check_nested(value: Any, path: str, found: list[str]) -> None:
            check(value, path + '.' if path else '', found)

        self.structures[shape.name] = check_nested
        required = shape.metadata.get('required', ())
        for name, member in shape.members.items():
            check_member = None if (shape.name, name) in LEFT_TO_ENGINE else self.compile_shape(member)
            if check_member or name in required:
                members.append((name, name[0].lower() + name[1:], name in required, check_member))
        return check_nested

    def own_check(self, shape: Shape) -> Optional[Check]:
        """The constraints of the value itself."""
        constraints = self.constraints(shape)
        if not constraints:
            return None
        is_sensitive = shape.metadata.get('sensitive', False)

        def check(value: Any, path: str, found: list[str]) -> None:
            for holds, words in constraints:
                if not holds(value):
                    shown = '' if is_sensitive else f" '{java_text(value)}'"
                    found.append(f"Value{shown} at '{path}' failed to satisfy constraint: {words}")

        return check

    def inner_check(self, shape: Shape) -> Optional[Check]:
        """The constraints of what a list or a map holds."""
        if shape.type_name == 'list':
            return self.list_check(shape)
        if shape.type_name == 'map':
            return self.map_check(shape)
        return None

    def list_check(self, shape: Shape) -> Optional[Check]:
        """Members that are structures are told by number; of scalars, all constraints are told at once."""
        if shape.member.type_name in ('structure', 'list', 'map'):
            check_member = self.compile_shape(shape.member)
            if check_member is None:
                return None
            check_one = check_member

            def check_each(value: Any, path: str, found: list[str]) -> None:
                for number, item in enumerate(value, 1):
                    check_one(item, f'{path}.{number}.member', found)

            return check_each
        return self.members_check(shape.member, 'Member must satisfy constraint', list)

    def map_check(self, shape: Shape) -> Optional[Check]:
        """Keys and values; all constraints are told at once."""
        checks = [
            check
            for check in (
                self.members_check(shape.key, 'Map keys must satisfy constraint', lambda value: list(value)),
                self.members_check(
                    shape.value, 'Map value must satisfy constraint', lambda value: list(value.values())
                ),
            )
            if check
        ]
        if not checks:
            return None

        def check_map(value: Any, path: str, found: list[str]) -> None:
            for check in checks:
                check(value, path, found)

        return check_map

    def members_check(self, member: Shape, title: str, items: Callable[[Any], list[Any]]) -> Optional[Check]:
        """One finding when any of the items breaks any constraint of the member's shape."""
        constraints = self.constraints(member)
        if not constraints:
            return None
        all_words = ', '.join(words for _, words in constraints)
        is_sensitive = member.metadata.get('sensitive', False)

        def check(value: Any, path: str, found: list[str]) -> None:
            if not all(holds(item) for item in items(value) for holds, _ in constraints):
                shown = '' if is_sensitive else f" '{java_text(value)}'"
                found.append(f"Value{shown} at '{path}' failed to satisfy constraint: {title}: [{all_words}]")

        return check

    def constraints(self, shape: Shape) -> list[Constraint]:
        """Enum, size or value, and pattern of a shape, as functions with their words."""
        rules: list[Constraint] = []
        meta, kind = shape.metadata, shape.type_name
        if enum := meta.get('enum'):
            allowed = frozenset(enum)
            rules.append((allowed.__contains__, f'Member must satisfy enum value set: [{", ".join(enum)}]'))
        sized = kind in ('string', 'list', 'map', 'blob')
        what, size = ('length', len) if sized else ('value', None)
        if (most := meta.get('max')) is not None:
            rules.append((at_most(most, size), f'Member must have {what} less than or equal to {most}'))
        if least := meta.get('min'):
            rules.append((at_least(least, size), f'Member must have {what} greater than or equal to {least}'))
        elif least == 0 and not sized:
            rules.append((at_least(0, None), 'Member must have value greater than or equal to 0'))
        if (pattern := meta.get('pattern')) and pattern != '.*':
            rules.append((matcher(pattern), f'Member must satisfy regular expression pattern: {pattern}'))
        return rules


def at_most(most: float, size: Optional[Callable[[Any], int]]) -> Callable[[Any], bool]:
    """A function: is the value, or its size, at most this?"""
    return (lambda value: size(value) <= most) if size else (lambda value: value <= most)


def at_least(least: float, size: Optional[Callable[[Any], int]]) -> Callable[[Any], bool]:
    """A function: is the value, or its size, at least this?"""
    return (lambda value: size(value) >= least) if size else (lambda value: value >= least)


def matcher(pattern: str) -> Callable[[Any], bool]:
    """A function: does the whole text match? The models write Java's patterns; Python has no \\p{L}."""
    text = pattern.replace(r'\p{L}', r'\w').replace(r'\p{N}', r'\d').replace(r'\p{Z}', r'\s')
    match = re.compile(text).fullmatch
    return lambda value: match(value) is not None


def java_text(value: Any) -> str:
    """A value as AWS writes it into its messages: Java's toString."""
    if isinstance(value, list):
        return f'[{", ".join(map(java_text, value))}]'
    if isinstance(value, dict):
        return f'{{{", ".join(f"{key}={java_text(item)}" for key, item in value.items())}}}'
    if isinstance(value, bool):
        return 'true' if value else 'false'
    return str(value)
