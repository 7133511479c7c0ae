import re
from pathlib import PurePosixPath
from zipfile import ZipFile

from benchmarks.Native_Library import Native_Library
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

OF_LAMBDA = re.compile(  # what the images of Lambda's runtimes have: Python's own, glibc's and GCC's
    r'(ld-linux-(x86-64|aarch64)|lib(c|m|dl|pthread|rt|util|resolv|gcc_s|stdc\+\+|z))\.so\.\d+'
)
STDCXX = {26: 24, 34: 29}  # by glibc 2.x, the y of GLIBCXX_3.4.y: GCC 7 of Amazon Linux 2, GCC 11 of 2023


class Native_Check:
    """Looks at every native library in a package's zip: is it for the architecture, and does Lambda have what it needs?

    Shapes : problems are 'numpy.libs/libx.so: …', none when all is well; libraries is how many there are; glibc is the
             x of the newest glibc 2.x that one of them asks for, 0 for none.
    Source : PEP 600; https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html.
    """

    def __init__(self, package: ZipFile, platform: Lambda_Platform):
        self.platform = platform
        self.problems: list[str] = []
        self.glibc = 0
        found = {}
        for info in package.infolist():
            with package.open(info) as file:
                if file.read(4) != b'\x7fELF':
                    continue
            try:
                found[info.filename] = Native_Library(package.read(info))
            except ValueError as error:
                self.problems.append(f'{info.filename}: {error}')
        self.libraries = len(found)
        brought = {PurePosixPath(path).name for path in found}
        for path, library in found.items():
            self.problems += [f'{path}: {problem}' for problem in self._problems(library, brought)]

    def _problems(self, library: Native_Library, brought: set[str]) -> list[str]:
        problems = []
        if library.architecture != self.platform.architecture:
            problems.append(f'it is for {library.architecture or "another architecture"}')
        for name in library.needs:
            if name not in brought and not OF_LAMBDA.fullmatch(name):
                problems.append(f'it needs {name}, which neither the package nor Lambda has')
        glibc = self._newest(library, r'GLIBC_2\.(\d+)(?:\.\d+)?')
        self.glibc = max(self.glibc, glibc)
        if glibc > self.platform.glibc:
            problems.append(f'it needs glibc 2.{glibc}, and Lambda has 2.{self.platform.glibc}')
        stdcxx = self._newest(library, r'GLIBCXX_3\.4\.(\d+)')
        if stdcxx > STDCXX[self.platform.glibc] and 'libstdc++.so.6' not in brought:
            problems.append(f'it needs GLIBCXX_3.4.{stdcxx}, and Lambda has 3.4.{STDCXX[self.platform.glibc]}')
        return problems

    @staticmethod
    def _newest(library: Native_Library, form: str) -> int:
        return max((int(found[1]) for name in library.versions if (found := re.fullmatch(form, name))), default=0)
