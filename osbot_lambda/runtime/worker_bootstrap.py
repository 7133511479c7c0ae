"""The first code that runs in a worker; it stands in for the bootstrap.py of Lambda's own image.

Runs by itself, copied into the runtime folder, with nothing of osbot_lambda to import:
bootstrap.py <pid of the starter> <LC_CTYPE as it was given, or ''> [<folder of a layer> ...]
"""

import os
import sys


def die_with_parent(parent_pid: int) -> None:
    """Have Linux kill this process when the thread that started it ends."""
    if sys.platform == 'linux':
        import _ctypes  # a fifth of the time of ctypes, and nothing that a function would find loaded

        prctl = _ctypes.dlsym(_ctypes.dlopen(None, os.RTLD_NOW), 'prctl')  # type: ignore[arg-type]  # None: the program
        _ctypes.call_function(prctl, (1, 9, 0, 0, 0))  # PR_SET_PDEATHSIG, SIGKILL
        if os.getppid() != parent_pid:
            os._exit(1)  # it ended before


def add_site_builtins() -> None:
    """Add exit(), quit(), help(): the interpreter runs without site, which makes them."""
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()


def module_paths(layers: list[str]) -> tuple[list[str], list[str]]:
    """sys.path for the runtime, and what goes before it for the function.

    As on Lambda, layers aren't added for a function that sets PYTHONPATH.
    """
    runtime_dir = os.environ['LAMBDA_RUNTIME_DIR']
    given = [path for path in os.environ['PYTHONPATH'].split(os.pathsep) if path]
    standard = [path for path in sys.path if path not in given]
    if given == [runtime_dir]:
        version = f'python{sys.version_info[0]}.{sys.version_info[1]}'
        own = [f'{layer}/python/lib/{version}/site-packages' for layer in reversed(layers)]
        own += [f'{layer}/python' for layer in reversed(layers)]
    else:
        own = given
    return [runtime_dir, *standard], [os.environ['LAMBDA_TASK_ROOT'], *own]


def forget_shadowed(paths: list[str], names: tuple[str, ...]) -> None:
    """Let the function import its own copy of a package that the runtime has loaded already."""
    for name in names:
        if any(os.path.isdir(f'{path}/{name}') or os.path.isfile(f'{path}/{name}.py') for path in paths):
            for module in [module for module in sys.modules if module.partition('.')[0] == name]:
                del sys.modules[module]


def main() -> None:
    """Run the handler until this process is killed."""
    parent_pid, lc_ctype, *layers = sys.argv[1:]
    die_with_parent(int(parent_pid))
    os.environ.pop('LC_CTYPE', None)  # the interpreter sets it when there is no such locale here
    if lc_ctype:
        os.environ['LC_CTYPE'] = lc_ctype
    sys.argv = [__file__]
    add_site_builtins()
    runtime_paths, function_paths = module_paths(layers)
    sys.path[:] = runtime_paths
    from awslambdaric.__main__ import main as run  # before the function's modules can get in its way

    sys.path[:0] = function_paths
    forget_shadowed(function_paths, ('simplejson', 'snapshot_restore_py'))
    run([__file__, os.environ['_HANDLER']])


if __name__ == '__main__':
    main()
