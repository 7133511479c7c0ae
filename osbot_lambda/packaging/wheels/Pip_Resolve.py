import json
from pathlib import Path
from typing import Any

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.wheels.Install_Error import Install_Error
from osbot_lambda.packaging.wheels.Installer import Installer
from osbot_lambda.packaging.wheels.Resolve_Input import Resolve_Input
from osbot_lambda.packaging.wheels.Wheel_Link import Wheel_Link

PIP = Path(__file__).with_name('pip_for_target.py')


class Pip_Resolve:
    """Resolves with `pip install --dry-run --report`, and downloads what only pip can.

    Errors : Packaging__No_Wheel, Packaging__Install_Failed.
    """

    def __init__(self, platform: Lambda_Platform, work: Path):
        self.platform, self.work = platform, work

    def resolve(self, wanted: Resolve_Input) -> dict[str, list[Wheel_Link]]:
        """By name: the wheel that pip would install."""
        listed, constrained = wanted.write(self.work)
        report = self.work / 'report.json'
        self._pip(
            *('install', '--dry-run', '--ignore-installed', '--report', str(report)),
            *('--target', str(self.work / 'none'), '--requirement', str(listed), '--constraint', str(constrained)),
            *(['--no-deps'] if wanted.no_deps else []),
            asked=wanted.asked,
        )
        found = [self._link(one) for one in json.loads(report.read_text('utf-8'))['install']]
        return {link.name: [link] for link in found}

    def download(self, links: list[Wheel_Link]) -> dict[str, Path]:
        """The files of these links, by name: with pip's own proxies, certificates and credentials."""
        folder, listed = self.work / 'downloaded', self.work / 'downloads.txt'
        lines = [f'{one.name} @ {one.url}' + (f' --hash=sha256:{one.sha256}' if one.sha256 else '') for one in links]
        listed.write_text(''.join(f'{line}\n' for line in lines), 'utf-8')
        self._pip(
            *('download', '--no-deps', '--dest', str(folder), '--requirement', str(listed)),
            asked=[f'{link.name}=={link.version}' for link in links],
        )
        return {link.name: folder / link.file for link in links}

    def _pip(self, command: str, *args: str, asked: 'list[str] | tuple[str, ...]') -> None:
        log = self.work / 'pip.log'
        log.unlink(missing_ok=True)
        done = Installer.run(
            *(*Installer.python_with_pip(), str(PIP), json.dumps(self.platform.markers()), command),
            *('--quiet', '--no-input', '--no-color', '--disable-pip-version-check', '--only-binary', ':all:'),
            *(*self.platform.pip_options(), '--log', str(log), *args),
        )
        if done.returncode:
            said = done.stderr.replace(f'{self.work}/', '')
            text = log.read_text('utf-8', 'replace') if log.is_file() else ''
            raise Install_Error.of_pip(asked, self.platform, done.returncode, said, text)

    @staticmethod
    def _link(one: dict[str, Any]) -> Wheel_Link:
        from urllib.parse import unquote, urlsplit

        from packaging.utils import canonicalize_name

        source, metadata = one['download_info'], one['metadata']
        url = str(source['url'])
        file = unquote(urlsplit(url).path).rpartition('/')[2]
        sha256 = str((source.get('archive_info') or {}).get('hashes', {}).get('sha256', ''))
        return Wheel_Link(canonicalize_name(metadata['name']), str(metadata['version']), file, url, sha256)
