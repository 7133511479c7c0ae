"""The runtimes that functions can have on this machine."""

import re
import shutil
import threading
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Not_Available, Runtime__Stopped
from osbot_lambda.python.Python_Finder import Python_Finder
from osbot_lambda.runtime.Runtime_Folder import HERE, Packages, Runtime_Folder


class Runtimes:
    """The runtimes that functions can have on this machine: of each the interpreter and the folder, made once.

    A function runs on the interpreter of its own version; with run_on_other_python, where there is none, on the nearest
    version that there is, and then the runtime's note says so.
    Errors : Runtime__Not_Available, Runtime__Start_Failed; Runtime__Stopped after remove().
    """

    def __init__(
        self,
        folder: Path,
        packages: Packages = lambda name, version: None,
        run_on_other_python: bool = False,
    ):
        self._folder, self._packages, self._run_on_other_python = folder, packages, run_on_other_python
        self._known: dict[str, Runtime_Folder] = {}
        self._busy: dict[str, threading.Lock] = {}
        self._removed = False

    def of(self, runtime: str, function_name: Optional[str] = None) -> Runtime_Folder:
        """That of 'python3.12', ready to be used."""
        known = self._known.get(runtime)
        if known is not None:
            return known
        with self._busy.setdefault(runtime, threading.Lock()):  # one that has to be fetched holds up no other
            known = self._known.get(runtime) or self._new(runtime, function_name)
            known.make()
            if self._removed:
                known.remove()
                raise Runtime__Stopped('the data plane is stopping')
            self._known[runtime] = known
        return known

    def remove(self) -> None:
        """Remove their folders."""
        self._removed = True
        self._known = {}
        shutil.rmtree(self._folder, ignore_errors=True)

    def _new(self, runtime: str, function_name: Optional[str]) -> Runtime_Folder:
        match = re.fullmatch(r'python(3\.\d+)', runtime)
        version = match[1] if match else ''
        python = Python_Finder.find(version)
        if python is not None:
            return Runtime_Folder(self._folder / runtime, version, python, self._packages)
        nearest = Python_Finder.nearest(version) if self._run_on_other_python else None
        if nearest is None:
            raise Runtime__Not_Available(runtime, f'python{HERE}', function_name)
        note = f'{runtime} is not on this machine: this function runs on python{nearest} (run_on_other_python)'
        return Runtime_Folder(self._folder / runtime, nearest, None, self._packages, note)
