from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Import_Ref:
    """One import that a source makes."""

    module: str  # absolute dotted name; from a computed name the pattern that it fits: 'app.plugins.*'
    names: tuple[str, ...]  # what is taken from it: () for a plain import, '*' for a star import
    line: int
    optional: bool = False  # a failing import is caught
    at_import: bool = True  # runs when the module is imported, not when a function is called
    file: str = ''

    @property
    def is_pattern(self) -> bool:
        """Does it stand for several modules, of which the text doesn't say which?"""
        return '*' in self.module
