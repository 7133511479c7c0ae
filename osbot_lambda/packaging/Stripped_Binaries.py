import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Packaging__Tool_Missing
from osbot_lambda.packaging.Elf_File import Elf_File
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Made_Files import Made_Files
from osbot_lambda.packaging.Package_Cache import Package_Cache

LIBRARY = re.compile(r'\.so(?:\.\d+)*$')
LONGEST = 120  # seconds, for one library


class Stripped_Binaries:
    """Native libraries without the symbols that only a linker or debugger reads, kept in the cache.

        Stripped_Binaries(Lambda_Platform('python3.12'), Package_Cache()).of(sha256, lambda: {'fast.so': b'...'})

    Shapes : libraries are {path: bytes}; what comes back has those alone that became smaller and are whole.
    Errors : Packaging__Tool_Missing when no strip here knows the architecture.
    Note   : a library that strip refuses, or would break, stays as it is: some that were patched after linking get
             segments that no longer lie where they must.
    """

    def __init__(self, platform: Lambda_Platform, cache: Package_Cache):
        self.platform, self.kept = platform, Made_Files(cache, 'stripped')

    @staticmethod
    def is_library(path: str) -> bool:
        """By its name: 'fast.cpython-312-x86_64-linux-gnu.so', 'libfast.so.1.2'."""
        return bool(LIBRARY.search(path))

    def of(self, key: str, libraries: Callable[[], Mapping[str, bytes]]) -> dict[str, bytes]:
        """The stripped ones; key names the libraries, which are asked for when that isn't done yet."""
        tool = self._tool()
        about = tool.stat()
        name = f'{about.st_size}-{about.st_mtime_ns}/{key}.zip'  # another strip gives other bytes
        return self.kept.of(name, lambda: self._strip(tool, libraries()))

    def _tool(self) -> Path:
        from shutil import which

        here = sys.platform == 'linux' and Lambda_Platform.here().architecture == self.platform.architecture
        gnu = 'strip' if here else f'{self.platform.machine}-linux-gnu-strip'
        found: Optional[str] = which(gnu) or which('llvm-strip')
        if found is None:
            wanted_for = f'to strip binaries for {self.platform.architecture}'
            raise Packaging__Tool_Missing(f'{gnu} or llvm-strip', wanted_for, 'install binutils or LLVM')
        return Path(found)  # not what it is a link to: llvm-strip is told by its name

    def _strip(self, tool: Path, libraries: Mapping[str, bytes]) -> dict[str, bytes]:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix='osbot-lambda-strip-') as work:
            tried = {path: self._strip_one(tool, data, Path(work)) for path, data in libraries.items()}
        return {path: data for path, data in tried.items() if data is not None}

    @staticmethod
    def _strip_one(tool: Path, data: bytes, work: Path) -> Optional[bytes]:
        import subprocess

        if not Elf_File(data).is_sound():
            return None
        given, made = work / 'given', work / 'made'
        given.write_bytes(data)
        made.unlink(missing_ok=True)
        done = subprocess.run(
            [tool, '--strip-unneeded', '-o', made, given],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=LONGEST,
        )
        if done.returncode or not made.is_file():
            return None
        smaller = made.read_bytes()
        return smaller if len(smaller) < len(data) and Elf_File(smaller).is_sound() else None
