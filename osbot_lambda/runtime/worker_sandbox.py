"""The process around a worker: it makes what the worker sees, starts it, and ends all that the worker has started.

Runs by itself, in the Python of the function (3.8 or later), with nothing of osbot_lambda to import:
worker_sandbox.py <pid of the starter> <channel> namespace|folders <empty folder> <MiB of /tmp> <code> <runtime folder>
                  <number of layers> [<folder of a layer> ...] [<argument of bootstrap.py> ...]

The channel is a socket. It says 'pid <n> <n inside>' when a worker runs; 'end <exit code> <KiB>' when it and all of its
descendants are gone (-9: killed by signal 9), with the memory that it had resident at most. Any byte from the other
side starts the next worker; its end ends the sandbox. What is mounted lives as long as the sandbox: /tmp stays when a
worker crashes.
"""

import _signal  # type: ignore[import-not-found]  # signal would load enum, and re with it
import gc
import marshal
import os
import sys

VERSION = sys.version_info[:2]
SIGKILL, SIGTERM = 9, 15
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000  # the number is the same on every processor
READ_ONLY = b'\1' + bytes(31)  # struct mount_attr: MOUNT_ATTR_RDONLY is to be set


class Kernel:
    """System calls that Python doesn't have. By _ctypes: ctypes takes five times as long, and a function would find it
    loaded.
    """

    def __init__(self) -> None:
        import _ctypes

        self._find, self._function = _ctypes.dlsym, _ctypes.call_function
        self._library = _ctypes.dlopen(None, os.RTLD_NOW)  # type: ignore[arg-type]  # None: the program

    def try_call(self, name: str, *arguments: 'int | bytes | None') -> bool:
        """Whether it worked."""
        return self._function(self._find(self._library, name), arguments) == 0

    def call(self, name: str, *arguments: 'int | bytes | None') -> None:
        """OSError when it didn't work; which error it was can't be asked."""
        if not self.try_call(name, *arguments):
            raise OSError(f'{name}{arguments} failed')

    def die_with_parent(self, number: int) -> None:
        """Have Linux send this signal when the thread that started this process ends."""
        self.call('prctl', PR_SET_PDEATHSIG, number, 0, 0, 0)

    def bind(self, source: str, target: str) -> None:
        """Show what is at source at target too."""
        self.call('mount', os.fsencode(source), os.fsencode(target), None, MS_BIND | MS_REC, None)

    def mount(self, kind: str, target: str, flags: int, options: str) -> None:
        """Mount a new file system."""
        self.call('mount', kind.encode(), os.fsencode(target), kind.encode(), flags, os.fsencode(options))

    def set_read_only(self, target: str) -> None:
        """It, and all that is mounted in it."""
        path = os.fsencode(target)
        self.call('syscall', SYS_MOUNT_SETATTR, AT_FDCWD, path, AT_RECURSIVE, READ_ONLY, len(READ_ONLY))

    def new_namespaces(self) -> None:
        """One of mounts, and one of processes for the next child; with one of users when that takes one."""
        if self.try_call('unshare', CLONE_NEWNS | CLONE_NEWPID):
            return
        uid, gid = os.geteuid(), os.getegid()
        self.call('unshare', CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID)
        for name, text in (('setgroups', 'deny'), ('uid_map', f'{uid} {uid} 1'), ('gid_map', f'{gid} {gid} 1')):
            with open(f'/proc/self/{name}', 'w') as file:
                file.write(text)


class File_System:
    """The file system of a worker: that of Lambda, on a tmpfs, over what this machine has.

    /var/task, /opt, /var/runtime and /var/lang (the interpreter) are folders of this machine; of its other folders only
    those that programs need are there, all of it read-only; /tmp is the function's own.
    """

    SHOWN = ('bin', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'nix', 'sbin', 'sys', 'usr')
    DEVICES = ('full', 'null', 'random', 'urandom', 'zero')

    def __init__(self, kernel: Kernel, root: str, temp_mb: int, code: str, runtime: str, layers: 'list[str]'):
        self._kernel, self._root, self._temp_mb = kernel, root, temp_mb
        self._code, self._runtime, self._layers = code, runtime, layers

    def enter(self) -> None:
        """Make it, and have it be this process's only one."""
        kernel, root = self._kernel, self._root
        kernel.call('mount', None, b'/', None, MS_REC | MS_PRIVATE, None)  # nothing of this shows outside
        kernel.mount('tmpfs', root, MS_NOSUID | MS_NODEV, 'mode=755')
        for name in self.SHOWN:
            self._show(name)
        for name in ('dev', 'proc', 'tmp', 'var', 'var/runtime', 'var/tmp'):
            os.mkdir(f'{root}/{name}')
        self._bind(sys.base_prefix, 'var/lang')
        self._bind(self._code, 'var/task')
        for name in os.listdir(self._runtime):  # links, to what can't be seen from inside
            self._bind(f'{self._runtime}/{name}', f'var/runtime/{name}')
        self._make_layers()
        self._make_devices()
        self._show_resolver()
        kernel.set_read_only(root)
        kernel.mount('proc', f'{root}/proc', 0, '')
        kernel.mount('tmpfs', f'{root}/tmp', MS_NOSUID | MS_NODEV, f'mode=1777,size={self._temp_mb}m')
        os.chdir(root)
        kernel.call('pivot_root', b'.', b'.')
        kernel.call('umount2', b'.', MNT_DETACH)
        os.chdir('/var/task')

    def _show(self, name: str) -> None:
        source = f'/{name}'
        if os.path.islink(source):
            os.symlink(os.readlink(source), f'{self._root}/{name}')
        elif os.path.isdir(source):
            self._bind(source, name)

    def _bind(self, source: str, name: str) -> None:
        target = f'{self._root}/{name}'
        if os.path.isdir(source):
            os.mkdir(target)
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        self._kernel.bind(source, target)

    def _make_layers(self) -> None:
        if len(self._layers) == 1:
            self._bind(self._layers[0], 'opt')
            return
        os.mkdir(f'{self._root}/opt')
        if self._layers:
            escaped = [layer.replace('\\', '\\\\').replace(':', '\\:').replace(',', '\\,') for layer in self._layers]
            self._kernel.mount('overlay', f'{self._root}/opt', 0, f'lowerdir={":".join(reversed(escaped))}')

    def _make_devices(self) -> None:
        for name in self.DEVICES:
            self._bind(f'/dev/{name}', f'dev/{name}')
        for name, target in (('fd', ''), ('stdin', '/0'), ('stdout', '/1'), ('stderr', '/2')):
            os.symlink(f'/proc/self/fd{target}', f'{self._root}/dev/{name}')

    def _show_resolver(self) -> None:
        """Names are looked up on the network by /etc/resolv.conf, which may be a link to a place that isn't shown."""
        path = os.path.realpath('/etc/resolv.conf')
        target = self._root + path
        if os.path.isfile(path) and not os.path.exists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            self._bind(path, path[1:])


def move_interpreter(old: str, new: str) -> None:
    """The interpreter runs from another folder now: correct what it has found out about its own."""

    def moved(path: object) -> object:
        return new + path[len(old) :] if isinstance(path, str) and f'{path}/'.startswith(f'{old}/') else path

    own = ('prefix', 'exec_prefix', 'base_prefix', 'base_exec_prefix', 'executable', '_base_executable', '_stdlib_dir')
    for name in own:
        if hasattr(sys, name):
            setattr(sys, name, moved(getattr(sys, name)))
    sys.path[:] = [moved(path) for path in sys.path]  # type: ignore[misc]
    sys.path_importer_cache.clear()
    for module in [found for found in sys.modules.values() if hasattr(found, '__file__') or hasattr(found, '__path__')]:
        for facts in (vars(module), getattr(module.__spec__, '__dict__', {})):
            for name in ('__file__', '__cached__', 'origin', '_cached'):
                if name in facts:
                    facts[name] = moved(facts[name])
            for name in ('__path__', 'submodule_search_locations'):
                if isinstance(facts.get(name), list):
                    facts[name][:] = [moved(path) for path in facts[name]]


class Sandbox:
    """Runs workers, one after the other, and ends what they leave; proc is this machine's /proc."""

    def __init__(self, channel: int, namespace: bool, kernel: 'Kernel | None'):
        self._channel, self._namespace, self._kernel = channel, namespace, kernel
        self._proc = os.open('/proc', os.O_RDONLY | os.O_DIRECTORY) if kernel else None
        self._worker = 0

    def begin(self, parent: int) -> None:
        """End with the parent from now on."""
        if self._kernel:
            self._kernel.die_with_parent(SIGKILL if self._namespace else SIGTERM)
            if os.getppid() != parent:
                os._exit(1)  # it ended before
            if not self._namespace:
                self._kernel.call('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def enter_namespaces(self, file_system: File_System) -> None:
        """Returns in a child process, the first of a process namespace: all of its descendants end with it."""
        assert self._kernel
        self._kernel.new_namespaces()
        outer = os.getpid()
        if os.fork():
            os.close(self._channel)
            os.wait()
            os._exit(0)
        self._kernel.die_with_parent(SIGKILL)
        if self._outer_parent() != outer:
            os._exit(1)
        file_system.enter()
        move_interpreter(sys.base_prefix, '/var/lang')

    def run_workers(self) -> None:
        """Returns in each worker, and nowhere else."""
        own = os.getpid()
        while True:
            self._worker = os.fork()
            if not self._worker:
                self._become_worker(own)
                return
            if not self._namespace:  # in a namespace the kernel does it
                _signal.signal(SIGTERM, self._end_worker)
            code, memory = self._wait_for_worker()
            self._kill_all()
            try:
                os.write(self._channel, f'end {code} {memory}\n'.encode())
                more = os.read(self._channel, 1)
            except OSError:
                more = b''
            if not more:
                os._exit(0)

    def _become_worker(self, sandbox: int) -> None:
        os.setsid()
        if not self._namespace:
            _signal.signal(SIGTERM, _signal.SIG_DFL)
            if self._kernel:
                self._kernel.die_with_parent(SIGKILL)
                if os.getppid() != sandbox:
                    os._exit(1)
        pid = os.getpid() if self._proc is None else os.readlink('self', dir_fd=self._proc)
        os.write(self._channel, f'pid {pid} {os.getpid()}\n'.encode())
        os.close(self._channel)
        if self._proc is not None:
            os.close(self._proc)

    def _outer_parent(self) -> int:
        """This process's parent, as the starter numbers it."""
        stat = os.open('self/stat', os.O_RDONLY, dir_fd=self._proc)
        parent = _parent(os.read(stat, 1024))
        os.close(stat)
        return parent

    def _wait_for_worker(self) -> 'tuple[int, int]':
        """Its exit code and its most resident memory in KiB; whoever else ends meanwhile is reaped."""
        while True:
            pid, status, usage = os.wait4(-1, 0)
            if pid == self._worker:
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                return code, usage.ru_maxrss // (1 if sys.platform == 'linux' else 1024)

    def _kill_all(self) -> None:
        """Kill what is left of the worker's descendants, and wait until it is gone; all of them become our children."""
        if self._namespace:
            self._kill(-1)
        else:
            self._kill(-self._worker)
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    for child in self._children():
                        self._kill(child)
                    os.waitpid(-1, 0)
            except ChildProcessError:
                return

    def _children(self) -> 'list[int]':
        found = []
        for name in () if self._namespace or not self._kernel else os.listdir('/proc'):
            if name.isdigit():
                try:
                    with open(f'/proc/{name}/stat', 'rb') as stat:
                        if _parent(stat.read()) == os.getpid():
                            found.append(int(name))
                except OSError:  # it ended meanwhile
                    pass
        return found

    def _end_worker(self, *_: object) -> None:
        self._kill(-self._worker)

    @staticmethod
    def _kill(pid: int) -> None:
        try:  # noqa: SIM105  contextlib takes milliseconds to load
            os.kill(pid, SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS: EPERM for a group of zombies
            pass


def _parent(stat: bytes) -> int:
    return int(stat.rpartition(b')')[2].split()[1])


def brings_libraries() -> bool:
    """Are there libraries where the dynamic linker has looked already, when the folders weren't there?"""
    places = os.environ.get('LD_LIBRARY_PATH', '').split(':')
    own = [place for place in places if place.startswith(('/opt', '/var/task')) and os.path.isdir(place)]
    return any(name.startswith('lib') and '.so' in name for place in own for name in os.listdir(place))


def run(bootstrap: str, arguments: 'list[str]', namespace: bool) -> None:
    """Become bootstrap.py."""
    if namespace and 'AWS_LAMBDA_EXEC_WRAPPER' not in os.environ and brings_libraries():  # a wrapper does it anyway
        os.environ['_LAMBDA_WORKER_ARGUMENTS'] = '\n'.join(arguments)
        options = ['-S', '-s', *(['-P'] if VERSION >= (3, 11) else []), '-B']
        os.execv(sys.executable, [sys.executable, *options, bootstrap])
    module = type(sys)('__main__')
    module.__file__ = bootstrap
    sys.modules['__main__'] = module
    sys.argv = [bootstrap, *arguments]
    if VERSION >= (3, 10):
        sys.orig_argv[:] = [sys.executable, bootstrap]
    try:
        with open(f'{bootstrap}c', 'rb') as compiled:
            code = marshal.loads(compiled.read()[16:])
    except FileNotFoundError:
        with open(bootstrap, 'rb') as source:
            code = compile(source.read(), bootstrap, 'exec')
    exec(code, vars(module))


def main() -> None:
    """Make the sandbox, and run workers in it."""
    parent, channel, mode, root, temp_mb, code, runtime, count = sys.argv[1:9]
    layers, arguments = sys.argv[9 : 9 + int(count)], sys.argv[9 + int(count) :]
    if VERSION < (3, 11):  # there is no -P
        del sys.path[0]
    kernel = Kernel() if sys.platform == 'linux' else None
    gc.disable()  # until the runtime is loaded, which it would look through several times
    sandbox = Sandbox(int(channel), mode == 'namespace', kernel)
    sandbox.begin(int(parent))
    if kernel and mode == 'namespace':
        sandbox.enter_namespaces(File_System(kernel, root, int(temp_mb), code, runtime, layers))
        runtime, layers = '/var/runtime', ['/opt']
    sandbox.run_workers()
    run(f'{runtime}/bootstrap.py', arguments + layers, mode == 'namespace')


if __name__ == '__main__':
    main()
