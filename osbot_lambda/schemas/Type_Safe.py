"""osbot_utils' Type_Safe. It has no type hints of its own: those are in Type_Safe.pyi, beside this file."""

from osbot_utils.type_safe.Type_Safe import Type_Safe

__all__ = ['Type_Safe']
