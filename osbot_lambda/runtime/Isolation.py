"""How functions are kept apart from this machine."""

import os
import sys
import tempfile
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import ClassVar, Optional

from osbot_lambda.errors import Runtime__No_Isolation, Runtime__Start_Failed
from osbot_lambda.runtime.Runtime_Folder import Runtime_Folder
from osbot_lambda.runtime.Worker_Process import Worker_Process


class Isolation:
    """How functions are kept apart from this machine: 'namespace' or 'folders'.

    In a namespace a function has a file system as on Lambda: /var/task, /opt, a /tmp of its own; the rest is read-only
    or absent. In folders it sees this machine's file system, and environment variables name the places. Neither is a
    wall against code that means harm.

    wanted: one of the two; None: a namespace where this machine lets us have one. That takes a try, once in a process:
    it begins when this is made, and mode waits for its end.
    Errors : ValueError; Runtime__No_Isolation when a namespace is wanted that can't be had.
    """

    MODES = ('namespace', 'folders')
    TRY = (
        "import os\nopen('/tmp/mine', 'w').close()\nos._exit(os.getcwd() != '/var/task' or not os.path.isdir('/opt'))\n"
    )

    _tried: ClassVar[Optional[Future[bool]]] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, wanted: Optional[str] = None):
        if wanted not in (None, *self.MODES):
            raise ValueError(f'isolation {wanted!r} is none of {", ".join(self.MODES)}')
        self._wanted = wanted
        if wanted != 'folders':
            self._begin()

    @property
    def mode(self) -> str:
        """Which of the two it is."""
        if self._wanted == 'folders' or not self._begin().result():
            if self._wanted == 'namespace':
                raise Runtime__No_Isolation
            return 'folders'
        return 'namespace'

    @classmethod
    def _begin(cls) -> Future[bool]:
        with Isolation._lock:
            tried = Isolation._tried
            if tried is None:
                tried = Isolation._tried = Future()
                threading.Thread(target=cls._try, args=(tried,), name='osbot-lambda-isolation').start()
        return tried

    @classmethod
    def _try(cls, tried: 'Future[bool]') -> None:
        try:
            tried.set_result(sys.platform == 'linux' and cls._works())
        except BaseException as error:  # noqa: BLE001  it is raised where the result is asked for
            tried.set_exception(error)

    @classmethod
    def _works(cls) -> bool:
        with tempfile.TemporaryDirectory(prefix='osbot-lambda-isolation-') as folder:
            names = ('root', 'code', 'runtime', 'one', 'other')
            root, code, runtime, *layers = folders = [Path(folder).resolve() / name for name in names]
            for made in folders:
                made.mkdir()
            (runtime / 'bootstrap.py').write_text(cls.TRY)
            python = getattr(sys, '_base_executable', None) or sys.executable
            command = [python, '-S', '-s', '-P', '-B', str(Runtime_Folder.SANDBOX)]
            arguments = [str(part) for part in (root, 1, code, runtime, len(layers), *layers)]
            environ = {'PATH': os.defpath}
            try:
                worker = Worker_Process(command, arguments, environ, code, namespace=True, memory_size=0)
            except Runtime__Start_Failed:
                return False
            while not worker.hear(wait=True):
                pass
            worker.close()
            return worker.exit_code == 0
