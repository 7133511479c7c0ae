import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from osbot_lambda.errors import Packaging__Error, Packaging__No_Wheel
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.wheels.Install_Error import Install_Error
from osbot_lambda.packaging.wheels.Installer import Installer
from osbot_lambda.packaging.wheels.Resolve_Input import Resolve_Input
from osbot_lambda.packaging.wheels.Wheel_Link import Wheel_Link

MOST_ROUNDS = 5  # in which a version that fits is looked for


class Uv_Resolve:
    """Resolves with `uv pip compile`: of each package the version, and the wheels that uv thinks fit.

    Errors : Packaging__No_Wheel, Packaging__Install_Failed.
    Note   : uv knows only some of the glibc versions. For one that it doesn't know, it is asked for the next newer;
             where that gives a wheel that is too new, the version that an older glibc gets is set for that package.
    """

    def __init__(self, uv: list[str], platform: Lambda_Platform, work: Path):
        self.uv, self.platform, self.work = uv, platform, work

    def resolve(self, wanted: Resolve_Input) -> dict[str, list[Wheel_Link]]:
        """By name: the wheels that fit, the best first; or the one source distribution."""
        exact = self.platform.glibc == 34
        found = self._compile(wanted, 'manylinux_2_34' if exact else 'manylinux_2_28')
        fixed: dict[str, str] = {}
        for _ in range(MOST_ROUNDS):
            too_new = self._too_new(found)
            if not too_new:
                return {name: self._fitting(links) for name, links in found.items()}
            first = next(iter(too_new))
            refused = Packaging__No_Wheel(
                f'{first}=={too_new[first][0].version}', str(self.platform), [link.file for link in too_new[first]]
            )
            if exact or first in fixed:
                raise refused
            try:
                older = self._older(wanted, [*too_new])
                fixed.update({name: older[name][0].version for name in too_new if name in older})
                found = self._compile(wanted.with_constraints(fixed), 'manylinux_2_28')
            except Packaging__Error:
                raise refused from None
        raise refused

    def _older(self, wanted: Resolve_Input, names: list[str]) -> dict[str, list[Wheel_Link]]:
        """What glibc 2.17 gets: of everything, or where that has no answer, of these packages alone."""
        try:
            return self._compile(wanted, 'manylinux_2_17')
        except Packaging__Error:
            alone = replace(wanted, lines=tuple(names), no_deps=True)
            return self._compile(alone, 'manylinux_2_17')

    def _too_new(self, found: dict[str, list[Wheel_Link]]) -> dict[str, list[Wheel_Link]]:
        return {name: links for name, links in found.items() if not self._fitting(links)}

    def _fitting(self, links: list[Wheel_Link]) -> list[Wheel_Link]:
        return Wheel_Link.best(links, self.platform) or [link for link in links if not link.is_wheel]

    def _compile(self, wanted: Resolve_Input, glibc: str) -> dict[str, list[Wheel_Link]]:
        import tomllib

        listed, constrained = wanted.write(self.work)
        lock = self.work / 'pylock.toml'
        lock.unlink(missing_ok=True)  # uv would take the versions in it
        done = Installer.run(
            *(*self.uv, 'pip', 'compile', str(listed), '--constraints', str(constrained)),
            *('--format', 'pylock.toml', '--output-file', str(lock), '--no-header', '--quiet', '--no-progress'),
            *('--color', 'never', '--python', sys.executable, '--no-python-downloads'),
            *('--python-version', self.platform.python_full_version),
            *('--python-platform', f'{self.platform.machine}-{glibc}', '--only-binary', ':all:'),
            *(part for name in wanted.sources for part in ('--no-binary', name)),
            *(['--no-deps'] if wanted.no_deps else []),
        )
        if done.returncode:
            said = done.stderr.replace(str(listed), 'the requirements').replace(str(constrained), 'the constraints')
            raise Install_Error.of_uv(wanted.asked, self.platform, done.returncode, said)
        packages = tomllib.loads(lock.read_text('utf-8')).get('packages', [])
        return {package['name']: self._links(package) for package in packages}

    def _links(self, package: dict[str, Any]) -> list[Wheel_Link]:
        files = package.get('wheels') or [package[kind] for kind in ('archive', 'sdist') if kind in package]
        return [self._link(package, file) for file in files]

    def _link(self, package: dict[str, Any], file: dict[str, Any]) -> Wheel_Link:
        from urllib.parse import unquote, urlsplit

        url = str(file.get('url') or (self.work / file['path']).as_uri())
        name = str(file.get('name') or unquote(urlsplit(url).path).rpartition('/')[2])
        version = str(package.get('version') or name.split('-')[1])
        hashes = file.get('hashes') or {}
        return Wheel_Link(package['name'], version, name, url, str(hashes.get('sha256', '')), int(file.get('size', 0)))
