from pathlib import Path
from typing import Any

from osbot_lambda.errors import File__Not_Found, Requirement__Invalid


class Toml_File:
    """Reads TOML of packaging's files, with errors that name the file and the line. All static."""

    @staticmethod
    def text(path: Path) -> str:
        """The file's text, with '\\n' as line ends. File__Not_Found; Requirement__Invalid when it isn't UTF-8."""
        try:
            return path.read_text('utf-8-sig')
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise File__Not_Found(f'{path} is not a file') from None
        except UnicodeDecodeError as error:
            raise Requirement__Invalid(str(path), 0, f'it is not UTF-8: {error.reason} at byte {error.start}') from None

    @classmethod
    def read(cls, path: Path) -> dict[str, Any]:
        """The file as a dict."""
        return cls.parse(cls.text(path), str(path))

    @staticmethod
    def parse(text: str, file: str, first_line: int = 1) -> dict[str, Any]:
        """The text as a dict; first_line is where it begins in the file."""
        import re
        import tomllib

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r'\(at line (\d+), column \d+\)', str(error))
            line = first_line + int(at[1]) - 1 if at else first_line + text.count('\n')
            reason = re.sub(r'\s*\(at [^)]*\)$', '', str(error))
            raise Requirement__Invalid(file, line, f'this is not TOML: {reason}') from None

    @staticmethod
    def line_of(text: str, wanted: str) -> int:
        """The line where the text first has `wanted`, for a message; 0 when it hasn't."""
        before, found, _ = text.partition(wanted)
        return before.count('\n') + 1 if found else 0
