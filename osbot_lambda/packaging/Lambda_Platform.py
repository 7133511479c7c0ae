import re
from dataclasses import dataclass
from typing import Self

from osbot_lambda.errors import Setting__Invalid

OLDEST_GLIBC = {'x86_64': 5, 'arm64': 17}  # 2.x, where manylinux tags begin
OLD_NAMES = {17: 'manylinux2014', 12: 'manylinux2010', 5: 'manylinux1'}  # before PEP 600
PATCHES = {8: 20, 9: 20, 10: 15, 11: 10, 12: 7, 13: 1}  # the z of Python 3.y.z: Lambda's has been past it since 2025


@dataclass(frozen=True, slots=True)
class Lambda_Platform:
    """What can be loaded by a Lambda runtime on an architecture.

    Shapes : runtime 'python3.12', architecture 'x86_64' or 'arm64'.
    Errors : Setting__Invalid for anything else.
    Source : AWS "Lambda runtimes": Amazon Linux 2 (up to python3.11) has glibc 2.26, Amazon Linux 2023 has 2.34;
             PEP 600 for the tags. musl wheels never fit.
    """

    runtime: str
    architecture: str = 'x86_64'

    def __post_init__(self) -> None:
        if not re.fullmatch(r'python3\.\d+', self.runtime):
            raise Setting__Invalid(f"runtime {self.runtime!r} is not one of Python's, such as 'python3.12'")
        if self.architecture not in OLDEST_GLIBC:
            raise Setting__Invalid(f"architecture {self.architecture!r} is neither 'x86_64' nor 'arm64'")

    @classmethod
    def here(cls) -> Self:
        """The runtime of the Python that runs this, on this machine's architecture."""
        import platform
        import sys

        machine = platform.machine().lower()
        return cls(f'python3.{sys.version_info.minor}', 'arm64' if machine in ('arm64', 'aarch64') else 'x86_64')

    def __str__(self) -> str:
        return f'{self.runtime} {self.architecture} (glibc 2.{self.glibc})'

    @property
    def python_version(self) -> str:
        """'3.12'."""
        return self.runtime.removeprefix('python')

    @property
    def python_full_version(self) -> str:
        """'3.12.7': Lambda's own is this one or newer. Packages do ask for it: '>=3.9,!=3.9.0,!=3.9.1'."""
        return f'{self.python_version}.{PATCHES.get(int(self.python_version.partition(".")[2]), 0)}'

    @property
    def machine(self) -> str:
        """As Python and wheels name it: 'x86_64' or 'aarch64'."""
        return 'aarch64' if self.architecture == 'arm64' else self.architecture

    @property
    def glibc(self) -> int:
        """The x of glibc 2.x."""
        return 34 if int(self.python_version.partition('.')[2]) >= 12 else 26

    def tags(self) -> list[str]:
        """The platform tags of the wheels that fit, the newest first."""
        names = []
        for minor in range(self.glibc, OLDEST_GLIBC[self.architecture] - 1, -1):
            names += [f'manylinux_2_{minor}', OLD_NAMES.get(minor, '')]
        return [f'{name}_{self.machine}' for name in [*filter(None, names), 'linux']]

    def compatible_tags(self) -> list[str]:
        """The whole tags of the wheels that fit, the best first: 'cp312-cp312-manylinux_2_34_x86_64', …,
        'cp39-abi3-…', …, 'py3-none-any', …"""
        from packaging.tags import compatible_tags, cpython_tags

        minor = int(self.python_version.partition('.')[2])
        version, interpreter, platforms = (3, minor), f'cp3{minor}', self.tags()
        found = [*cpython_tags(version, [interpreter], platforms), *compatible_tags(version, interpreter, platforms)]
        return [str(tag) for tag in found]

    def pip_options(self) -> list[str]:
        """What pip is to be told of the platform: it compares tags literally."""
        platforms = [part for tag in self.tags() for part in ('--platform', tag)]
        return ['--implementation', 'cp', '--python-version', self.python_full_version, *platforms]

    def markers(self) -> dict[str, str]:
        """What environment markers (PEP 508) are held against."""
        return {
            'implementation_name': 'cpython',
            'os_name': 'posix',
            'platform_machine': self.machine,
            'platform_python_implementation': 'CPython',
            'platform_system': 'Linux',
            'python_full_version': self.python_full_version,
            'python_version': self.python_version,
            'sys_platform': 'linux',
        }
