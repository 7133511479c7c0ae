"""The first code that runs in a worker; it stands in for the bootstrap.py of Lambda's own image.

Runs by itself, copied into the runtime folder, with nothing of osbot_lambda to import, on Python 3.8 and later:
bootstrap.py <LC_CTYPE as it was given, or ''> [<folder of a layer> ...]
Under an AWS_LAMBDA_EXEC_WRAPPER it is started a second time, by the wrapper, with this file as the last argument, as on
Lambda.
"""

import gc
import os
import sys

ARGUMENTS = '_LAMBDA_WORKER_ARGUMENTS'  # where there are none on the command line
WRAPPED = '_LAMBDA_WORKER_WRAPPED'
VERSION = sys.version_info[:2]


def add_site_builtins() -> None:
    """Add exit(), quit(), help(): the interpreter runs without site, which makes them."""
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()


def path_here(path: str, layers: 'list[str]') -> str:
    """Where a path of Lambda's is on this machine, when the function doesn't see it under that name."""
    task_root = os.environ['LAMBDA_TASK_ROOT']
    if path == '/var/task' or path.startswith('/var/task/'):
        return task_root + path[len('/var/task') :]
    if path.startswith('/opt/'):
        places = [layer + path[len('/opt') :] for layer in reversed(layers)]
        return next((place for place in places if os.path.exists(place)), path)
    return path


def start_under_wrapper(lc_ctype: str, layers: 'list[str]') -> None:
    """Where the function has a wrapper script, become what that starts: this again, with its arguments in variables.

    When it can't be run, exit codes and texts are those of Lambda's own script.
    """
    name = os.environ.get('AWS_LAMBDA_EXEC_WRAPPER')
    if not name:
        return
    path = path_here(name, layers)
    if not os.path.isfile(path):
        os.write(1, f'{name}: does not exist\n'.encode())
        os._exit(127)
    if not os.access(path, os.X_OK):
        os.write(1, f'{name}: is not an executable\n'.encode())
        os._exit(126)
    os.environ[ARGUMENTS], os.environ[WRAPPED] = '\n'.join([lc_ctype, *layers]), 'yes'
    options = ['-S', '-s', *(['-P'] if VERSION >= (3, 11) else []), '-B']
    # this file comes last: wrappers put options of their own before it
    os.execv(path, [path, sys.executable, *options, __file__])


def module_paths(layers: 'list[str]') -> 'tuple[list[str], list[str]]':
    """sys.path for the runtime, and what goes before it for the function.

    As on Lambda, layers aren't added for a function that sets PYTHONPATH; and up to 3.10, where Lambda has its own
    modules in /var/runtime, its paths come after that.
    """
    runtime_dir = os.environ['LAMBDA_RUNTIME_DIR']
    given = [path for path in os.environ['PYTHONPATH'].split(os.pathsep) if path]
    standard = [path for path in sys.path if path not in given and path != runtime_dir]
    own = []
    if given == [runtime_dir]:
        version = f'python{VERSION[0]}.{VERSION[1]}'
        own = [f'{layer}/python/lib/{version}/site-packages' for layer in reversed(layers)]
        own += [f'{layer}/python' for layer in reversed(layers)]
    else:
        paths = [path_here(path, layers) for path in given]
        if VERSION >= (3, 11):
            own = paths
        else:
            standard = [*paths, *standard]
    return [runtime_dir, *standard], [os.environ['LAMBDA_TASK_ROOT'], *own]


def add_site_folders(paths: 'list[str]') -> None:
    """Do what .pth files in these folders say."""
    import site

    for path in paths:
        try:
            names = os.listdir(path)
        except OSError:
            continue
        if any(name.endswith('.pth') for name in names):
            site.addsitedir(path)


def leave_request_id_out() -> None:
    """Errors have none on python3.8, whose runtime was older than the one that stands here for all."""
    from awslambdaric import bootstrap

    make_error = bootstrap.make_error

    def without(*args: object, **kwargs: object) -> object:
        error = make_error(*args, **kwargs)
        del error['requestId']
        return error

    bootstrap.make_error = without


def forget_shadowed(paths: 'list[str]', names: 'tuple[str, ...]') -> None:
    """Let the function import its own copy of a package that the runtime has loaded already."""
    for name in names:
        if any(os.path.isdir(f'{path}/{name}') or os.path.isfile(f'{path}/{name}.py') for path in paths):
            for module in [module for module in sys.modules if module.partition('.')[0] == name]:
                del sys.modules[module]


def main() -> None:
    """Run the handler until this process is killed."""
    given = os.environ.pop(ARGUMENTS, None)
    lc_ctype, *layers = sys.argv[1:] if given is None else given.split('\n')
    os.environ.pop('LC_CTYPE', None)  # the interpreter sets it when there is no such locale here
    if lc_ctype:
        os.environ['LC_CTYPE'] = lc_ctype
    if not os.environ.pop(WRAPPED, None):
        start_under_wrapper(lc_ctype, layers)
    sys.argv = [__file__]
    add_site_builtins()
    runtime_paths, function_paths = module_paths(layers)
    sys.path[:] = runtime_paths
    from awslambdaric.__main__ import main as run  # before the function's modules can get in its way

    gc.enable()
    if VERSION < (3, 9):
        leave_request_id_out()
    sys.path[:0] = function_paths
    own_path = os.environ['PYTHONPATH'] != os.environ['LAMBDA_RUNTIME_DIR']
    add_site_folders(function_paths[:1] if own_path else function_paths)
    forget_shadowed(function_paths, ('simplejson', 'snapshot_restore_py'))
    run([__file__, os.environ['_HANDLER']])


if __name__ == '__main__':
    main()
