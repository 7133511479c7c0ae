import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import File__Not_Found, Requirement__Invalid
from osbot_lambda.packaging.requirements.Requirement_Builder import Requirement_Builder
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set

SHORT = {
    '-i': '--index-url',
    '--pypi-url': '--index-url',
    '-f': '--find-links',
    '-r': '--requirement',
    '-c': '--constraint',
    '-e': '--editable',
}
INDEX = ('--index-url', '--extra-index-url', '--find-links', '--trusted-host')
FLAGS = ('--no-index', '--pre')
NO_MATTER = ('--require-hashes', '--prefer-binary', '--only-binary', '--use-feature')  # wheels come first, hashes hold
ENCODINGS = ((b'\xef\xbb\xbf', 'utf-8'), (b'\xff\xfe', 'utf-16-le'), (b'\xfe\xff', 'utf-16-be'))


class Requirements_Txt:
    """Reads a requirements file, with those that it includes.

    Shapes : -r and -c are relative to the file that has them, as are paths and '-e ./folder'. '${VAR}' is taken from
             the environment.
    Errors : File__Not_Found, Requirement__Invalid (file and line).
    Source : pip's "Requirements File Format".
    """

    def __init__(self, path: str | Path):
        self.path = path
        self._builder = Requirement_Builder(str(path))
        self._seen: set[tuple[Path, bool]] = set()

    def requirements(self) -> Requirement_Set:
        """All of it."""
        self._read(str(self.path), Path(os.path.abspath(self.path)), False)
        return self._builder.build()

    def _read(self, file: str, path: Path, as_constraints: bool) -> None:
        if (path, as_constraints) in self._seen:
            return
        self._seen.add((path, as_constraints))
        for line, text in self._lines(file, self._text(path)):
            self._take(text, file, line, path.parent, as_constraints)

    def _take(self, text: str, file: str, line: int, folder: Path, as_constraints: bool) -> None:
        option, value = self._option(text, file, line)
        if option in ('--requirement', '--constraint'):
            if '://' in value:
                raise Requirement__Invalid(file, line, f'{value} is not a file here: download it and name the file')
            other = Path(os.path.abspath(folder / value))
            if not other.is_file():
                raise File__Not_Found(f'{file}:{line}: {other} is not a file')
            self._read(str(Path(file).parent / value), other, as_constraints or option == '--constraint')
        elif option in INDEX:
            if option == '--find-links' and '://' not in value:
                value = str(Path(os.path.abspath(folder / value)))
            self._builder.option(f'{option} {value}')
        elif option in FLAGS:
            self._builder.option(option)
        elif option == '--editable':
            self._take_editable(Requirement_Line.parse(value, file, line, folder), value, file, line)
        elif option in NO_MATTER:
            return
        elif option:
            raise Requirement__Invalid(file, line, f'{option} is not supported here: remove it')
        elif as_constraints:
            self._builder.constrain(Requirement_Line.parse(text, file, line, folder))
        else:
            self._builder.add(Requirement_Line.parse(text, file, line, folder))

    def _take_editable(self, parsed: Requirement_Line, text: str, file: str, line: int) -> None:
        from urllib.parse import unquote, urlsplit

        parts = urlsplit(parsed.url)
        if parts.scheme != 'file':
            self._builder.add(parsed)  # a checkout, made by the resolver
        elif not os.path.isdir(unquote(parts.path)):
            raise Requirement__Invalid(file, line, f'-e {text} is not a folder')
        else:
            self._builder.add_folder(Path(unquote(parts.path)), parsed.extras, parsed.marker)

    @staticmethod
    def _option(text: str, file: str, line: int) -> tuple[str, str]:
        """('--index-url', 'https://…'), or ('', '') for a requirement."""
        if not text.startswith('-'):
            return '', ''
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise Requirement__Invalid(file, line, f'{error} in {text!r}') from None
        option, equals, value = words[0].partition('=')
        if not option.startswith('--') and len(option) > 2:  # -rother.txt
            option, equals, value = option[:2], '=', words[0][2:]
        option = SHORT.get(option, option)
        rest = [value] if equals else words[1:]
        if option in (*INDEX, '--requirement', '--constraint', '--editable') and len(rest) != 1:
            raise Requirement__Invalid(file, line, f'{option} takes one value')
        return option, ' '.join(rest)

    @classmethod
    def _lines(cls, file: str, text: str) -> Iterator[tuple[int, str]]:
        """(line number, text): continued lines joined, comments and empty lines gone, variables filled in."""
        joined, first = '', 0
        for number, raw in enumerate([*text.splitlines(), ''], 1):
            is_comment = raw.lstrip().startswith('#')
            if raw.endswith('\\') and not is_comment:
                first = first or number
                joined += raw[:-1].rstrip() + ' '
                continue
            if is_comment and joined:
                continue  # between continued lines
            whole = re.sub(r'(^|\s+)#.*$', '', joined + raw).strip()
            at, joined, first = first or number, '', 0
            if whole:
                yield at, cls._filled(whole, file, at)

    @staticmethod
    def _filled(text: str, file: str, line: int) -> str:
        def value(found: re.Match[str]) -> str:
            variable: Optional[str] = os.environ.get(found[1])
            if variable is None:
                raise Requirement__Invalid(file, line, f'{found[0]} is not set in the environment')
            return variable

        return re.sub(r'\$\{([A-Z0-9_]+)\}', value, text)

    @staticmethod
    def _text(path: Path) -> str:
        try:
            data = path.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise File__Not_Found(f'{path} is not a file') from None
        mark, encoding = next((one for one in ENCODINGS if data.startswith(one[0])), (b'', 'utf-8'))
        try:
            return data[len(mark) :].decode(encoding)
        except UnicodeDecodeError as error:
            raise Requirement__Invalid(str(path), 0, f'it is not {encoding}: {error.reason}') from None
