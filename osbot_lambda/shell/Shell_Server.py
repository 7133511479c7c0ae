import ast
import contextlib
import io
import json
import linecache
import os
import pwd
import shutil
import signal
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    import subprocess

LARGEST_TEXT = 1_000_000  # characters of one output; the whole answer of a function may have 6 MB
LARGEST_FILE = 4_000_000
MARGIN = 1.0  # seconds for the answer, before the function's own end
CODE_NAME = '<lambda_shell>'


class Shell_Server:
    """What the shell can do, inside of the function.

    Shapes : a process dict is {'status': 'ok' | 'error', 'exit_code', 'stdout', 'stderr', 'error', 'cwd', 'runParams'};
             exit_code is None when it didn't start or didn't end in time, and then error says why.
    Units  : seconds_left() is what the function has until its timeout; processes are ended a second before.
    Note   : output over a million characters keeps its end.
    """

    METHODS = (
        'bash',
        'disk_space',
        'env_vars',
        'file_contents',
        'list_processes',
        'ls',
        'memory_usage',
        'ping',
        'process_run',
        'pwd',
        'python_exec',
        'whoami',
    )

    def __init__(self, seconds_left: Callable[[], Optional[float]] = lambda: None):
        self.seconds_left = seconds_left

    def invoke(self, data: dict[str, Any]) -> dict[str, Any]:
        """Run one method: {'status': 'ok', 'method_name', 'return_value'}, or {'status': 'error', 'method_name',
        'error', 'type', 'message', 'traceback'}."""
        name, kwargs = str(data.get('method_name')), data.get('method_kwargs') or {}
        try:
            if name not in self.METHODS:
                raise LookupError(f'the shell has no method {name!r}; it has {", ".join(self.METHODS)}')
            value = getattr(self, name)(**kwargs)
        except Exception as error:  # noqa: BLE001  the caller is elsewhere, and is told
            return {'status': 'error', 'method_name': name, **_described(error)}
        return {'status': 'ok', 'method_name': name, 'return_value': value}

    def ping(self) -> str:
        """'pong'."""
        return 'pong'

    # ---- run

    def python_exec(self, code: str) -> dict[str, Any]:
        """Run Python code in a namespace of its own: {'has_value', 'value', 'output'}, with 'error', 'type', 'message'
        and 'traceback' when it raised.

        The value is that of the variable `result`, else of the last line when that is an expression, as in a REPL;
        what isn't JSON comes as its repr(). output is what it printed."""
        space: dict[str, Any] = {'__name__': CODE_NAME}
        printed = io.StringIO()
        answer: dict[str, Any] = {'has_value': False, 'value': None}
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                last = _run(code, space)
                if 'result' in space or last is not None:
                    answer = {'has_value': True, 'value': _json_value(space.get('result', last))}
            except (Exception, SystemExit) as error:  # noqa: BLE001  the caller is elsewhere, and is told
                answer |= _described(error)
        return {**answer, 'output': _cut(printed.getvalue())}

    def bash(self, command: str, cwd: Optional[str] = None) -> dict[str, Any]:
        """A command line, run by bash; a process dict."""
        return self.process_run('bash', ['-c', command], cwd)

    def process_run(
        self, executable: str, params: Optional[Sequence[str]] = None, cwd: Optional[str] = None
    ) -> dict[str, Any]:
        """A program with its arguments, which no shell reads; a process dict."""
        import subprocess

        arguments = [executable, *([params] if isinstance(params, str) else params or ())]
        about = {'cwd': os.path.abspath(cwd or '.'), 'runParams': arguments}
        left = self.seconds_left()
        timeout = None if left is None else max(left - MARGIN, 0.1)
        try:
            process = subprocess.Popen(
                arguments,
                cwd=cwd or None,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that its own children can be ended with it
            )
        except OSError as error:
            return {**_ended(None, b'', b'', f'{type(error).__name__}: {error}'), **about}
        with process:
            try:
                out, err = process.communicate(timeout=timeout)
                code, why = process.returncode, None
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                out, err = _rest(process)
                code, why = None, f'it was ended after {timeout:.1f} s: the function had to answer'
        return {**_ended(code, out, err, why), **about}

    # ---- look

    def ls(self, path: str = '', cwd: str = '.') -> str:
        """The names in a folder, sorted, one a line, folders with '/' at the end; of a file its own name."""
        there = Path(cwd, path)
        if there.is_file():
            return there.name
        return '\n'.join(sorted(f'{entry.name}/' if entry.is_dir() else entry.name for entry in there.iterdir()))

    def file_contents(self, path: str) -> str:
        """A file as text; bytes that aren't UTF-8 as '\\x..'."""
        with open(path, 'rb') as file:  # of /proc/... the size isn't known before
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise ValueError(f'{path} is larger than {LARGEST_FILE:,} bytes: read it in parts, with python_exec')
        return data.decode('utf-8', 'backslashreplace')

    def pwd(self) -> str:
        """The current folder."""
        return os.getcwd()

    def whoami(self) -> str:
        """The user's name; its number when it has none."""
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())

    def env_vars(self) -> dict[str, str]:
        """The environment variables, credentials among them."""
        return dict(os.environ)

    def disk_space(self) -> str:
        """A line for each place: total, used and free MiB."""
        lines = []
        for path in ('/', '/tmp', os.getcwd()):
            total, used, free = (size // 2**20 for size in shutil.disk_usage(path))
            lines.append(f'{path}: {total} MiB, {used} used, {free} free')
        return '\n'.join(dict.fromkeys(lines))

    def memory_usage(self) -> str:
        """The function's MemorySize, and what this process has and had at most, in MiB."""
        found = _fields(Path('/proc/self/status').read_text('utf-8', 'replace'))
        size = os.environ.get('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '?')
        return f'function: {size} MiB\nthis process: {_mib(found["VmRSS"])} MiB, at most {_mib(found["VmHWM"])} MiB'

    def list_processes(self) -> str:
        """A line for each process that can be seen: pid, state, MiB, command. (Lambda's images have no `ps`.)"""
        lines = ['PID\tSTATE\tMIB\tCOMMAND']
        for folder in sorted(Path('/proc').glob('[0-9]*'), key=lambda path: int(path.name)):
            with contextlib.suppress(OSError):  # it ended, or is somebody else's
                found = _fields((folder / 'status').read_text('utf-8', 'replace'))
                command = (folder / 'cmdline').read_bytes().replace(b'\0', b' ').decode('utf-8', 'replace').strip()
                size = _mib(found.get('VmRSS', '0'))
                lines.append(f'{folder.name}\t{found["State"][:1]}\t{size}\t{command or found["Name"]}')
        return '\n'.join(lines)


def _run(code: str, space: dict[str, Any]) -> Any:
    """The value of the last line, when that is an expression."""
    linecache.cache[CODE_NAME] = (len(code), None, code.splitlines(True), CODE_NAME)  # tracebacks then show the lines
    tree = ast.parse(code, CODE_NAME)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, CODE_NAME, 'exec'), space)
    return eval(compile(ast.Expression(last.value), CODE_NAME, 'eval'), space) if isinstance(last, ast.Expr) else None


def _json_value(value: Any) -> Any:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()  # a lone surrogate
    except (TypeError, ValueError, RecursionError):
        return _cut(repr(value))
    return json.loads(text)


def _described(error: BaseException) -> dict[str, str]:
    trace = traceback.TracebackException.from_exception(error)
    trace.stack = traceback.StackSummary.from_list([frame for frame in trace.stack if frame.filename != __file__])
    return {
        'error': f'{type(error).__name__}: {error}',
        'type': type(error).__name__,
        'message': str(error),
        'traceback': _cut(''.join(trace.format())),
    }


def _rest(process: 'subprocess.Popen[bytes]') -> tuple[bytes, bytes]:
    """What a killed process had written; nothing, when one of its children got away and holds the pipes."""
    from subprocess import TimeoutExpired

    try:
        return process.communicate(timeout=MARGIN / 4)
    except TimeoutExpired:
        return b'', b''


def _ended(code: Optional[int], out: bytes, err: bytes, why: Optional[str]) -> dict[str, Any]:
    return {
        'status': 'ok' if code == 0 else 'error',
        'exit_code': code,
        'stdout': _cut(out.decode('utf-8', 'backslashreplace')),
        'stderr': _cut(err.decode('utf-8', 'backslashreplace')),
        'error': why if code is None else None if code == 0 else f'exit code {code}',
    }


def _cut(text: str) -> str:
    text = text.encode('utf-8', 'backslashreplace').decode()  # a lone surrogate can't be sent
    if len(text) <= LARGEST_TEXT:
        return text
    return f'[{len(text) - LARGEST_TEXT:,} characters are left out]\n{text[-LARGEST_TEXT:]}'


def _fields(status: str) -> dict[str, str]:
    """Of a /proc/<pid>/status."""
    return {name: value.strip() for name, _, value in (line.partition(':') for line in status.splitlines())}


def _mib(text: str) -> int:
    """'123 kB' in MiB."""
    return int(text.split()[0]) // 1024
