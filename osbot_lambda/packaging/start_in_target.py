"""Imports a handler's module as Lambda would, in the interpreter of the function's runtime, and writes down what
happened.

Runs by itself, with nothing of osbot_lambda to import: start_in_target.py <file of the request, JSON>. Has to be
understood by every Python that Lambda still runs, and may import only what Lambda's own runtime has loaded by then: a
function's own import of it costs nothing there either.
"""

import base64  # noqa: F401  as Lambda's runtime
import decimal  # noqa: F401
import errno
import faulthandler
import http.client  # noqa: F401
import importlib
import importlib.machinery
import json
import logging  # noqa: F401
import os
import site
import sys
import time
import traceback
import types

THIS_FILE = os.path.abspath(__file__)
NO_WAY_OUT = 'there is no network while imports are checked'
TRIED: list = []  # of connections


def module_paths(request: dict) -> tuple:
    """sys.path as Lambda has it; layers aren't added for a function that sets PYTHONPATH."""
    given = [path for path in os.environ.get('PYTHONPATH', '').split(os.pathsep) if path]
    opt = [os.path.join(request['opt'], 'python', 'lib', 'python{}.{}'.format(*sys.version_info[:2]), 'site-packages')]
    opt.append(os.path.join(request['opt'], 'python'))
    standard = [path for path in sys.path[1:] if path not in given]
    return [request['task']] + (given or opt) + [request['runtime']] + standard, [request['task'], *opt]


def forbid_connections() -> None:
    """Nothing that Python code opens leaves the process."""

    def hook(event: str, args: tuple) -> None:
        if event in ('socket.connect', 'socket.sendto', 'socket.sendmsg'):
            where = args[1]
        elif event in ('socket.getaddrinfo', 'socket.gethostbyname'):
            where = args[0]
        else:
            return
        if where is None or (event == 'socket.getaddrinfo' and is_number(where)):
            return  # nobody is asked
        if isinstance(where, tuple):
            where = ':'.join(str(part) for part in where[:2])
        TRIED.append(text_of(where))
        raise ConnectionRefusedError(errno.ECONNREFUSED, f'{NO_WAY_OUT}: {text_of(where)}')

    sys.addaudithook(hook)


def is_number(host: object) -> bool:
    """Is it an address already, so that no name is looked up?"""
    text = text_of(host)
    return ':' in text or text.replace('.', '').isdigit()


def text_of(value: object) -> str:
    """A str() that doesn't fail."""
    try:
        return value.decode('utf-8', 'replace') if isinstance(value, bytes) else str(value)
    except Exception:  # noqa: BLE001  it is the user's own __str__
        return '(no text)'


def time_imports() -> list:
    """From here on, every module that is loaded is noted: [name, seconds with what it imports, depth], in the order in
    which they were done."""
    loaded: list = []
    depth = [0]
    bootstrap = vars(importlib._bootstrap)
    load = bootstrap['_load_unlocked']

    def timed(spec: 'importlib.machinery.ModuleSpec') -> object:
        start = time.perf_counter()
        depth[0] += 1
        try:
            return load(spec)
        finally:
            depth[0] -= 1
            loaded.append([spec.name, time.perf_counter() - start, depth[0]])

    bootstrap['_load_unlocked'] = timed
    return loaded


def note_calls(folder: str) -> set:
    """From here on, every piece of code of the folder that is executed is noted: (file, its first line)."""
    executed: set = set()

    def noted(frame: 'types.FrameType', event: str, arg: object) -> None:
        if event == 'call' and frame.f_code.co_filename.startswith(folder):
            executed.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    sys.setprofile(noted)
    return executed


def describe(error: 'BaseException | None') -> list:
    """The error, and after it those that it was raised from."""
    found: list = []
    while error is not None and all(error is not other for other, _ in found):
        found.append((error, describe_one(error)))
        context = error.__context__
        if isinstance(error, ImportError) and not error.name and isinstance(context, ImportError):
            error = error.__cause__ or context  # numpy tells of its own troubles in place of the missing module
        else:
            error = error.__cause__
    return [described for _, described in found]


def describe_one(error: BaseException) -> dict:
    """One error as plain data, without the frames of the import system."""
    frames = [
        [frame.filename, frame.lineno, frame.name, frame.line]
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith('<frozen importlib')
        and os.path.abspath(frame.filename) != THIS_FILE
        and not frame.filename.endswith(os.path.join('importlib', '__init__.py'))
    ]
    described: dict = {
        'types': [cls.__name__ for cls in type(error).__mro__],
        'message': text_of(error),
        'frames': frames,
    }
    if isinstance(error, ImportError):
        described['name'], described['path'] = error.name, error.path
    if isinstance(error, SyntaxError):
        described['file'], described['line'] = error.filename, error.lineno
        described['message'] = error.msg
    if isinstance(error, SystemExit):
        described['code'] = text_of(error.code)
    return described


def start(request: dict) -> dict:
    """Import the module and find the function; what happened, as data."""
    answer: dict = {}
    module_name, _, function = request['handler'].rpartition('.')
    loaded = time_imports() if request['noted'] == 'times' else []
    calls = note_calls(request['task']) if request['noted'] == 'calls' else set()
    before = set(sys.modules)
    begin = time.perf_counter()
    try:
        module = importlib.import_module(module_name.replace('/', '.'))
        answer['seconds'] = time.perf_counter() - begin
        answer['function'] = (
            'callable'
            if callable(getattr(module, function, None))
            else ('not callable' if hasattr(module, function) else 'missing')
        )
        answer['names'] = sorted(
            name for name, value in vars(module).items() if getattr(value, '__module__', '') == module.__name__
        )
    except BaseException as error:  # noqa: BLE001  SystemExit too: it is what is looked for
        loaded = loaded[:]  # without what telling of the error loads
        answer['errors'] = describe(error)
    sys.setprofile(None)
    answer['loaded'] = loaded
    answer['calls'] = sorted(calls)
    answer['modules'] = {name: file_of(name) for name in sorted(set(sys.modules) - before)}
    answer['tried'] = TRIED
    answer['libraries'] = libraries([request['task'], request['opt']])
    return answer


def file_of(name: str) -> str:
    """Where a loaded module comes from; '' for one that has no file."""
    try:
        return text_of(getattr(sys.modules[name], '__file__', None) or '')
    except Exception:  # noqa: BLE001  lazy modules import on access, and that may fail
        return ''


def libraries(folders: list) -> dict:
    """The shared libraries of the package that were loaded (Linux), with the minor version of the newest glibc that
    each of them asks for."""
    import re  # may be the first to need it: nothing is measured any more

    try:
        with open('/proc/self/maps') as maps:
            paths = {line.split(None, 5)[5].strip() for line in maps if line.count('/')}
    except OSError:
        return {}
    found = {}
    for path in sorted(paths):
        if path.startswith(tuple(folders)) and '.so' in os.path.basename(path):
            with open(path, 'rb') as library:
                needed = [int(minor) for minor in re.findall(rb'GLIBC_2\.(\d+)', library.read())]
            found[path] = max(needed, default=0)
    return found


def main() -> None:
    """Read the request, do it, write the answer."""
    with open(sys.argv[1], encoding='utf-8') as file:
        request = json.load(file)
    stack = open(request['stack'], 'w')  # noqa: SIM115  open to the end: a crash is written into it
    faulthandler.enable(stack)
    path, site_dirs = module_paths(request)
    sys.path[:] = path
    sys.argv = ['bootstrap.py']
    sys.stderr = sys.stdout
    site.setquit()
    site.setcopyright()
    site.sethelper()
    forbid_connections()
    faulthandler.dump_traceback_later(request['seconds'], exit=True, file=stack)
    for folder in site_dirs:
        if os.path.isdir(folder):
            site.addsitedir(folder)  # as Lambda: .pth files in there are executed
    answer = start(request) if request['handler'] else {}
    faulthandler.cancel_dump_traceback_later()
    # a lone surrogate becomes \udcxx, which is JSON too
    with open(request['answer'] + '.part', 'w', encoding='utf-8', errors='backslashreplace') as file:
        json.dump(answer, file, ensure_ascii=False)
    os.rename(request['answer'] + '.part', request['answer'])
    try:
        sys.stdout.flush()
    finally:
        os._exit(0)  # threads that the import has started may never end


if __name__ == '__main__':
    main()
