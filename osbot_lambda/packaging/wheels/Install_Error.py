import re
from collections.abc import Sequence

from osbot_lambda.errors import Packaging__Error, Packaging__Install_Failed, Packaging__No_Wheel
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

MOST_SEEN = 6
NAME = r'[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?'
UNREACHABLE = re.compile(
    r'error sending request|failed to fetch|network was disabled|connection (?:error|refused|reset|broken)|'
    r'NewConnectionError|ConnectTimeout|ReadTimeout|name resolution|dns error|timed out|network is unreachable|'
    r'could not be reached',
    re.IGNORECASE,
)


SOURCE = re.compile(r' as source only$|\.(?:tar\.gz|zip|tar\.bz2)$')


class Install_Error:
    """Turns what pip or uv said when it failed into our error. All static."""

    @classmethod
    def of_uv(cls, wanted: Sequence[str], platform: Lambda_Platform, exit_code: int, stderr: str) -> Packaging__Error:
        """Packaging__No_Wheel when its text says so, else Packaging__Install_Failed."""
        lines = cls._lines(stderr)
        text = ' '.join(lines)
        missing = re.search(rf'({NAME})(\S*?),? ha(?:s|ve) no (?:usable wheels|wheels with a matching)', text)
        if missing is None:
            return Packaging__Install_Failed(wanted, 'uv', exit_code, lines)
        seen = [
            f'{name} {version} ({tags.replace("`", "").strip()})'
            for name, version, tags in re.findall(
                r'heels (?:are available )?for `([^`]+)` \(v([^)]+)\)[^:]*: ([^:]+?)(?= hint|$)', text
            )
        ]
        seen += [f'{name} as source only' for name in re.findall(r'Wheels are required for `([^`]+)`', text)]
        return Packaging__No_Wheel(''.join(missing.groups()), str(platform), seen)

    @classmethod
    def of_pip(
        cls, wanted: Sequence[str], platform: Lambda_Platform, exit_code: int, stderr: str, log: str
    ) -> Packaging__Error:
        """As of_uv(); the log (of --log) tells which files pip passed over."""
        errors = [line.removeprefix('ERROR: ') for line in cls._lines(stderr) if line.startswith('ERROR: ')]
        skipped = [line for line in log.splitlines() if 'Could not fetch URL' in line]
        if any(UNREACHABLE.search(text) for text in (stderr, *skipped)):
            errors.append('an index could not be reached')
        failed = Packaging__Install_Failed(wanted, 'pip', exit_code, errors or cls._lines(stderr)[-3:])
        missing = re.search(rf'No matching distribution found for ({NAME})(.*)', stderr)
        if missing is None:
            return failed
        seen = cls._passed_over(log, *missing.groups())
        if not seen:
            return failed
        near = (f'cp{platform.python_version.replace(".", "")}', 'linux', platform.machine)
        seen.sort(key=lambda file: sum(part in file for part in near))
        return Packaging__No_Wheel(''.join(missing.groups()).strip(), str(platform), seen[-MOST_SEEN:])

    @staticmethod
    def is_unreachable(error: Packaging__Error) -> bool:
        """Was it the network, not the packages?"""
        return bool(UNREACHABLE.search(str(error)))

    @staticmethod
    def has_source_only(error: Packaging__No_Wheel) -> bool:
        """Was all that is there a source distribution? With wheels for others it isn't pure Python."""
        return any(SOURCE.search(seen) for seen in error.seen) and not any('.whl' in seen for seen in error.seen)

    @staticmethod
    def other_hash(error: Packaging__Install_Failed) -> str:
        """What pip found where a lock has another hash: 'sha256:…'; '' when it failed for another reason."""
        found = re.search(r'Expected (\w+) .*?Got +([0-9a-f]+)', ' '.join(error.lines))
        return f'{found[1]}:{found[2]}' if found else ''

    @staticmethod
    def name_of(error: Packaging__No_Wheel) -> str:
        """The normalised name of the package that has no wheel."""
        found = re.match(r'[A-Za-z0-9][\w.-]*', error.requirement)
        return re.sub(r'[-_.]+', '-', found[0]).lower() if found else ''

    @classmethod
    def _passed_over(cls, log: str, name: str, specifier: str) -> list[str]:
        """The files of the project that pip saw and didn't take; of a pinned version only those."""
        project = re.sub(r'[-_.]+', '-', name.partition('[')[0]).lower()
        pinned = re.match(r'\s*===?\s*([\w.!+]+)\s*(?:;|\(|$)', specifier)
        found = []
        for line in log.splitlines():
            file = re.search(r'([^/\s#?]+\.(?:whl|tar\.gz|zip|tar\.bz2))(?=[\s#?]|$)', line)
            if file is None or not re.search(
                r'none of the wheel|No sources permitted|requires a different Python', line
            ):
                continue
            stem = re.sub(r'\.(?:whl|tar\.gz|zip|tar\.bz2)$', '', file[1])
            head, _, version = stem.rpartition('-') if not file[1].endswith('.whl') else stem.partition('-')
            if re.sub(r'[-_.]+', '-', head).lower() != project:
                continue
            if pinned is None or cls._same_version(version.split('-')[0], pinned[1]):
                found.append(file[1])
        return list(dict.fromkeys(found))

    @staticmethod
    def _same_version(one: str, other: str) -> bool:
        from packaging.version import InvalidVersion, Version

        try:
            return Version(one) == Version(other)
        except InvalidVersion:
            return one == other

    @staticmethod
    def _lines(text: str) -> list[str]:
        lines = (' '.join(line.split()) for line in text.splitlines())
        lines = (line.removeprefix('error: ').removeprefix('cause: ') for line in lines)
        noise = ('using cpython', 'warning', 'no solution found')
        return [line for line in lines if line and not line.lower().startswith(noise)]
