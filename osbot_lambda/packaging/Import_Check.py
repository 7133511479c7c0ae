import os
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Optional

from osbot_lambda.packaging.Import_Check_Result import Import_Check_Result
from osbot_lambda.packaging.Import_Failure import Import_Failure
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Lambda_Runtime_Modules import LAMBDA_RUNTIME_MODULES
from osbot_lambda.packaging.Target_Layout import NOWHERE, Target_Layout
from osbot_lambda.packaging.Target_Python import Target_Python
from osbot_lambda.packaging.Target_Start import Target_Start

INIT_SECONDS = 10  # "Lambda quotas": longer, and Lambda kills it
NATIVE_FILE = re.compile(r'\.(so(\.[\d.]+)?|pyd|dylib)$')
LOADER = re.compile(  # what ld.so says
    r'cannot open shared object|undefined symbol|invalid ELF|wrong ELF|file too short|version `?\S+ not found|'
    r'cannot apply additional memory|cannot enable executable stack|not a mach-o|incompatible architecture',
    re.IGNORECASE,
)
FROM_ELSEWHERE = (
    'Is it from a wheel of another platform? set_packages_using_layer() and add_packages() take the right one'
)
RUNS_IT = re.compile(r'/importlib/__init__\.py"|/start_in_target\.py"')
NO_LIBRARY = (
    'Take the wheel that brings its libraries along (such as psycopg[binary]), or put it into lib/ of the package'
)


class Import_Check:
    """Imports a package as Lambda would at a cold start, on this machine: what is missing is found before a deploy.

        Import_Check(zip_bytes, 'app.main.run', 'python3.12').run().check()

    Shapes : package and layers are zips, as bytes or as files; the layers in the function's order, of which `unknown`
             are those whose content isn't here. env are the function's variables.
    Errors : Setting__Invalid for a runtime or architecture; run() raises nothing more: the result says what there is,
             and its check() raises Import_Check__Failed.
    Note   : the code is run, in a process of its own: its environment is Lambda's, its credentials are worth nothing,
             and what it connects to is refused. Skipped, with the reason, where there is no interpreter of the version,
             or the package has native code for another kind of machine.
    Source : AWS "Lambda runtimes"; awslambdaric's bootstrap.py, for the order of sys.path and how a handler is found.
    """

    def __init__(
        self,
        package: bytes | Path,
        handler: str,
        runtime: str,
        architecture: str = 'x86_64',
        layers: Sequence[bytes | Path] = (),
        env: Optional[Mapping[str, str]] = None,
        unknown: Sequence[str] = (),
    ):
        self.platform = Lambda_Platform(runtime, architecture)
        self.package, self.handler, self.layers = package, handler, tuple(layers)
        self.env, self.unknown = dict(env or {}), tuple(unknown)
        self._names: Optional[dict[str, bool]] = None

    def run(self, seconds: float = INIT_SECONDS) -> Import_Check_Result:
        """Do it; seconds is how long the import may take."""
        python = Target_Python.find(self.platform.python_version)
        reason = self.not_here(python)
        if reason or python is None:
            return self._result(skipped=reason)
        if not self.handler.rpartition('.')[0]:
            return self._result(
                self._failure('handler', f"handler {self.handler!r} is not of the form 'module.function'")
            )
        with self.layout() as layout:
            return self.judge(layout.start(python, self.handler, seconds), seconds)

    def layout(self) -> Target_Layout:
        """What it is started in."""
        return Target_Layout(self.platform, self.package, self.layers, self.env)

    def judge(self, start: Target_Start, seconds: float = INIT_SECONDS) -> Import_Check_Result:
        """What a start says about the package."""
        answer = start.answer or {}
        failure = self._judge(start, seconds)
        skipped = self._not_our_fault(failure, answer.get('errors', ())) if failure is not None else ''
        return Import_Check_Result(
            self.handler,
            str(self.platform),
            None if skipped else failure,
            skipped,
            self._connections(answer),
            answer.get('seconds', 0.0),
            start.output,
        )

    def not_here(self, python: Optional[Target_Python]) -> str:
        """Why the package can't be imported on this machine; '' when it can."""
        version = self.platform.python_version
        if python is None:
            return f'there is no Python {version} on this machine (`uv python install {version}` brings one)'
        native = next((name for name in self._files() if NATIVE_FILE.search(name)), None)
        here = os.uname()
        if native is None or (here.sysname == 'Linux' and here.machine == self.platform.machine and self._has_glibc()):
            return ''
        return f'{native} is for Linux on {self.platform.machine}, and this is {here.sysname} on {here.machine}'

    def _judge(self, start: Target_Start, seconds: float) -> Optional[Import_Failure]:
        if start.answer is None:
            return self._ended(start, seconds)
        errors = start.answer.get('errors')
        if errors:
            return self._raised(errors, self._connections(start.answer))
        if start.answer['function'] != 'callable':
            return self._no_function(start.answer)
        return self._too_new(start.answer['libraries'])

    def _ended(self, start: Target_Start, seconds: float) -> Import_Failure:
        """It wrote nothing down."""
        file, line = self._last_of_stack(start.stack)
        where = f' at {self._place(file, line)}' if file else ''
        said = self._of_the_code(start.stack) or start.output
        if start.exit_code < 0:
            name = signal.strsignal(-start.exit_code) or f'signal {-start.exit_code}'
            about = f'the import of {self.handler} ended with: {name.lower()}{where}'
            return self._failure('crash', f'{about}. {FROM_ELSEWHERE}', file, line, said)
        if start.stack.startswith('Timeout'):
            about = (
                f'the import of {self.handler} takes over {seconds:g} s{where}; Lambda ends it after {INIT_SECONDS} s '
                f'and starts it again inside the first invoke. Move what takes so long into the handler'
            )
            return self._failure('timeout', about, file, line, said)
        about = f'the import of {self.handler} ended the process, with status {start.exit_code}'
        return self._failure('exit', about, file, line, said)

    def _raised(self, errors: list[dict[str, Any]], tried: tuple[str, ...]) -> Import_Failure:
        text = self._traceback(errors)
        imports = [error for error in errors if 'ImportError' in error['types'] or 'SyntaxError' in error['types']]
        error = imports[-1] if imports else errors[0]  # what it was raised from says more: numpy and pandas wrap theirs
        file, line = self._where(error, errors[0])
        place, message, name = self._place(file, line), error['message'], error.get('name') or ''
        if 'SyntaxError' in error['types']:
            file, line = error['file'] or file, error['line'] or line
            about = (
                f'{self._place(file, line)} is not understood by Python {self.platform.python_version}: {message}. '
                f'Write it for that version, or set_runtime() to the one it is for'
            )
            return self._failure('syntax', about, file, line, text)
        if LOADER.search(message) and {'ImportError', 'OSError'} & set(error['types']):
            library = error.get('path') or message.partition(':')[0]
            advice = NO_LIBRARY if 'No such file' in message else FROM_ELSEWHERE
            about = f'{self._name(library)} does not load, imported at {place}: {message}. {advice}'
            return self._failure('native', about, file, line, text, name)
        if 'ModuleNotFoundError' in error['types'] and name:
            return self._missing(name, file, line, text)
        if 'ImportError' in error['types']:
            about = f'{place} raises ImportError: {message}. Two packages whose versions do not fit each other?'
            return self._failure('import', about, file, line, text, name)
        if 'SystemExit' in error['types']:
            about = f'{place} ends the process when it is imported: sys.exit({error["code"]})'
            return self._failure('exit', about, file, line, text)
        lack = 'a variable, a file or a permission that it has on Lambda'
        if tried:
            lack = f'{" and ".join(tried)}, which the check does not let it reach'
        about = f'{place} raises {error["types"][0]} when it is imported: {message}. Perhaps for lack of {lack}'
        return self._failure('exception', about, file, line, text)

    def _missing(self, name: str, file: str, line: int, text: str) -> Import_Failure:
        place, top = self._place(file, line), name.partition('.')[0]
        other = self._other_build(name)
        if other:
            about = f'{place} imports {name!r}, of which the package has {other}: made for another Python or machine. '
            return self._failure('native', about + FROM_ELSEWHERE, file, line, text, name)
        if not file:  # nothing was executed: the handler's own
            about = f'{name!r} of handler {self.handler!r} is not in the package; add_module({name!r}) puts it in'
        elif top != name and any(path.startswith(f'{top}/') for path in self._files()):
            about = (
                f'{place} imports {name!r}, and the package has {top!r} without it: add_module({name!r}), '
                f'or another version of {top!r}'
            )
        else:
            about = (
                f'{place} imports {name!r}, which is neither in the package nor in the Lambda runtime: '
                f'add_module({top!r}) for a module of yours, add_packages() or set_packages_using_layer() with the '
                f'package that has it'
            )
        return self._failure('missing', about, file, line, text, name)

    def _no_function(self, answer: dict[str, Any]) -> Import_Failure:
        from osbot_lambda.schemas.Nearest_Name import Nearest_Name

        module, _, function = self.handler.rpartition('.')
        if answer['function'] == 'not callable':
            return self._failure('handler', f'{function!r} of {module} is not a function')
        advice = Nearest_Name.advice(function, answer['names'])
        return self._failure('handler', f'{module} has no function {function!r}; {advice}')

    def _too_new(self, libraries: Mapping[str, int]) -> Optional[Import_Failure]:
        """A library that loads here, where glibc is newer than Lambda's."""
        for path, needs in libraries.items():
            if needs > self.platform.glibc:
                about = (
                    f'{self._name(path)} needs glibc 2.{needs}, and Lambda has 2.{self.platform.glibc} for '
                    f'{self.platform.runtime}. {FROM_ELSEWHERE}'
                )
                return self._failure('native', about, path)
        return None

    def _not_our_fault(self, failure: Import_Failure, errors: Sequence[dict[str, Any]]) -> str:
        """Why a failure says nothing about the package; '' when it does."""
        whose = next((self._in_runtime(error) for error in errors if self._in_runtime(error)), '')
        if failure.kind == 'missing' and failure.module.partition('.')[0] in LAMBDA_RUNTIME_MODULES:
            whose = failure.module
        if whose:
            version = self.platform.python_version
            said = f'{errors[0]["types"][0]}: {errors[0]["message"]}'
            return f'{whose} as installed here (Lambda has its own) does not import on Python {version}: {said}'
        needs = re.search(r'GLIBC_2\.(\d+)', failure.message)
        if failure.kind == 'native' and needs and int(needs[1]) <= self.platform.glibc:
            return f'the glibc of this machine is older than that of Lambda: {failure.message}'
        if failure.kind == 'missing' and self.unknown:
            return f'{failure.message}; it may be in {" or ".join(self.unknown)}, whose files are not known here'
        return ''

    def _result(self, failure: Optional[Import_Failure] = None, skipped: str = '') -> Import_Check_Result:
        return Import_Check_Result(self.handler, str(self.platform), failure, skipped)

    def _failure(
        self, kind: str, message: str, file: str = '', line: int = 0, traceback: str = '', module: str = ''
    ) -> Import_Failure:
        return Import_Failure(kind, module or self.handler.rpartition('.')[0], file, line, message, traceback)

    def _other_build(self, name: str) -> str:
        """A file of a native module of this name, which this Python doesn't look for; '' when there is none."""
        stem = re.compile(rf'(^|/){re.escape(name.replace(".", "/"))}\.[^/]*$')
        return next((path for path in self._files() if NATIVE_FILE.search(path) and stem.search(path)), '')

    def _files(self) -> dict[str, bool]:
        """The paths in the package and the layers."""
        if self._names is None:
            self._names = {name: True for package in (self.package, *self.layers) for name in self._paths(package)}
        return self._names

    @staticmethod
    def _paths(package: bytes | Path) -> Iterator[str]:
        from zipfile import ZipFile

        with ZipFile(BytesIO(package) if isinstance(package, bytes) else package) as zipped:
            yield from zipped.namelist()

    @staticmethod
    def _has_glibc() -> bool:
        try:
            return bool(os.confstr('CS_GNU_LIBC_VERSION'))
        except (ValueError, OSError):  # musl
            return False

    @staticmethod
    def _connections(answer: Mapping[str, Any]) -> tuple[str, ...]:
        tried = dict.fromkeys(answer.get('tried', ()))
        return tuple('AWS' if NOWHERE.endswith(f'/{address}') else address for address in tried)

    @staticmethod
    def _in_runtime(error: dict[str, Any]) -> str:
        """The module of Lambda's runtime that was being imported when it was raised, 'botocore'; '' for none."""
        executed = [file for file, _, name, _ in error['frames'] if name == '<module>']
        found = next((file for file in [*executed, error.get('file') or ''] if file.startswith('/var/runtime/')), '')
        return found.removeprefix('/var/runtime/').partition('/')[0].removesuffix('.py')

    @staticmethod
    def _where(error: dict[str, Any], outermost: dict[str, Any]) -> tuple[str, int]:
        """Where it was raised: in the package, where that can be said."""
        frames = error['frames'] or outermost['frames'] or [('', 0)]
        ours = [frame for frame in frames if frame[0].startswith(('/var/task/', '/opt/'))]
        file, line = (ours or frames)[-1][:2]
        return file, line or 0

    @staticmethod
    def _last_of_stack(stack: str) -> tuple[str, int]:
        """faulthandler's innermost frame of the code, not of Python's own."""
        frames = re.findall(r'^  File "([^"]+)", line (\d+)', stack, re.MULTILINE)
        return next(((file, int(line)) for file, line in frames if file.startswith(('/var/task/', '/opt/'))), ('', 0))

    @staticmethod
    def _of_the_code(stack: str) -> str:
        """Without what has started it."""
        lines = stack.splitlines(keepends=True)
        return ''.join(line for line in lines if '<frozen importlib' not in line and not RUNS_IT.search(line))

    @classmethod
    def _place(cls, file: str, line: int) -> str:
        return f'{cls._name(file)}:{line}' if file else 'the handler'

    @staticmethod
    def _name(path: str) -> str:
        """As in the zip; of a layer as on Lambda."""
        return path.removeprefix('/var/task/')

    @staticmethod
    def _traceback(errors: list[dict[str, Any]]) -> str:
        blocks = []
        for error in reversed(errors):
            lines = ['Traceback (most recent call last):'] if error['frames'] else []
            for file, line, name, text in error['frames']:
                lines.append(f'  File "{file}", line {line}, in {name}')
                if text:
                    lines.append(f'    {text}')
            at = f' ({error["file"]}, line {error["line"]})' if error.get('file') else ''
            lines.append(f'{error["types"][0]}: {error["message"]}{at}')
            blocks.append('\n'.join(lines))
        return '\n\nwhich led to:\n\n'.join(blocks) + '\n'
