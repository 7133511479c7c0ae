"""The cloud's process: `python -m osbot_lambda.local.server --port 4566`.

Says one JSON line when it is ready, {"port": …, "pid": …, "work_dir": …, "isolation": …}, and ends with SIGTERM, SIGINT
or SIGHUP; with --parent PID also when that process ends, or closes the pipe that is our stdin.
"""

import argparse
import json
import os
import select
import signal
import sys
import tempfile
import threading
from typing import NoReturn, Optional

from osbot_lambda.errors import Local_Cloud__Port_Taken
from osbot_lambda.runtime.Isolation import Isolation

EXIT_PORT_TAKEN = 3
STOP_SECONDS = 5


def main() -> NoReturn:
    """Run the cloud until it is time to end."""
    parser = argparse.ArgumentParser(prog='python -m osbot_lambda.local.server', description='The local cloud.')
    parser.add_argument('--port', type=int, default=0, help='on 127.0.0.1; a free one when not given')
    parser.add_argument('--region', default='us-east-1', help='for requests that name none')
    parser.add_argument(
        '--retry-delays', type=_seconds, default=(60.0, 120.0), help='of failed event invokes, such as 60,120'
    )
    parser.add_argument(
        '--run-on-other-python', action='store_true', help='where there is no interpreter of the version asked for'
    )
    parser.add_argument('--isolation', choices=Isolation.MODES, help='of functions; a namespace where that can be had')
    parser.add_argument('--no-freeze', action='store_true', help='functions do not stand still between invokes')
    parser.add_argument('--parent', type=int, default=None, help='end when the process with this id ends')
    arguments = parser.parse_args()
    bell = _listen_for_signals()
    _own_environment()
    sys.setswitchinterval(0.001)  # an invoke hops between threads; 5 ms for each hop would show

    Isolation(arguments.isolation)  # what it tries takes a moment: beside the imports

    from osbot_lambda.local.server.Cloud import Cloud

    cloud = Cloud(
        arguments.port,
        arguments.region,
        arguments.retry_delays,
        arguments.run_on_other_python,
        arguments.isolation,
        not arguments.no_freeze,
    )
    tempfile.tempdir = str(cloud.work_dir)  # whatever is left there goes with the cloud, however that ends
    try:
        cloud.start()
        ready = {
            'port': cloud.port,
            'pid': os.getpid(),
            'work_dir': str(cloud.work_dir),
            'isolation': cloud.invoker.isolation,
        }
        os.write(1, json.dumps(ready).encode() + b'\n')
        os.dup2(2, 1)  # nobody reads stdout any more
        _wait_for_the_end(bell, arguments.parent)
        _exit_anyway_after(STOP_SECONDS)
    except Local_Cloud__Port_Taken as error:
        sys.stderr.write(f'{error}\n')
        sys.exit(EXIT_PORT_TAKEN)
    finally:  # also when the parent went before it could read that we are ready
        cloud.stop()
    os._exit(0)  # threads that still answer somebody must not hold the process


def _seconds(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(',') if part)


def _listen_for_signals() -> int:
    """The file descriptor on which a signal shows; what a handler in Python might do at a bad moment, it can't."""
    bell, ring = os.pipe()
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    return bell


def _own_environment() -> None:
    """Nothing that is said about AWS, moto or Python around us has a say in here, nor reaches AWS from here."""
    for name in list(os.environ):
        if name == 'OSBOT_LAMBDA_CACHE':
            continue
        if name.startswith(('AWS_', 'MOTO_', 'OSBOT_LAMBDA_', 'PYTHON')) or name == 'INITIAL_NO_AUTH_ACTION_COUNT':
            del os.environ[name]
    os.environ['AWS_ACCESS_KEY_ID'] = os.environ['AWS_SECRET_ACCESS_KEY'] = 'local'
    os.environ['AWS_CONFIG_FILE'] = os.environ['AWS_SHARED_CREDENTIALS_FILE'] = os.devnull
    os.environ['AWS_EC2_METADATA_DISABLED'] = 'true'


def _wait_for_the_end(bell: int, parent: Optional[int]) -> None:
    waiting = select.poll()
    waiting.register(bell, select.POLLIN)
    every = None
    if parent is not None:
        waiting.register(0, select.POLLIN)
        try:
            # a fork of the parent may keep the pipe open, so the pipe alone doesn't do
            waiting.register(os.pidfd_open(parent), select.POLLIN)
        except (AttributeError, OSError):
            every = 500  # ms; no such thing here, so look now and then
    while parent is None or os.getppid() == parent:
        for file, _ in waiting.poll(every):
            if file == 0 and os.read(0, 4096):
                continue
            return


def _exit_anyway_after(seconds: float) -> None:
    timer = threading.Timer(seconds, os._exit, [1])
    timer.daemon = True
    timer.start()


if __name__ == '__main__':
    main()
