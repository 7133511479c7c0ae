from dataclasses import dataclass

from osbot_lambda.packaging.Python_Source import Python_Source


@dataclass(frozen=True, slots=True)
class Handler_Code:
    """A handler's own file, as it goes into the zip."""

    module: str  # its name on Lambda
    function: str
    path: str  # in the zip
    data: bytes
    source: Python_Source  # of data; its label names where it comes from
    is_package: bool = False  # the file is an __init__.py
    is_slice: bool = False  # a part of a file, or captured

    @property
    def handler(self) -> str:
        """Lambda's handler string, 'module.function'."""
        return f'{self.module}.{self.function}'
