import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from osbot_lambda.errors import Packaging__Hash_Mismatch, Packaging__Install_Failed, Packaging__No_Wheel
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Install_Error import Install_Error
from osbot_lambda.packaging.wheels.Installer import Installer
from osbot_lambda.packaging.wheels.Resolution import Resolution
from osbot_lambda.packaging.wheels.Resolve_Input import Resolve_Input
from osbot_lambda.packaging.wheels.Runtime_Packages import Runtime_Packages
from osbot_lambda.packaging.wheels.Source_Build import Source_Build
from osbot_lambda.packaging.wheels.Stand_In_Wheel import Stand_In_Wheel
from osbot_lambda.packaging.wheels.Wheel_Fetch import Wheel_Fetch
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Link import Wheel_Link
from osbot_lambda.packaging.wheels.Wheel_Metadata import Wheel_Metadata
from osbot_lambda.schemas.Progress import Progress

MOST_SOURCES = 20  # packages of a set that are there as source only


class Resolve_Run:
    """One resolving, from requirements to wheels in the cache.

    Errors : Packaging__No_Wheel, Packaging__Install_Failed, Packaging__Hash_Mismatch.
    """

    def __init__(
        self,
        wanted: Requirement_Set,
        platform: Lambda_Platform,
        cache: Package_Cache,
        work: Path,
        progress: Progress,
    ):
        self.wanted, self.platform, self.work, self.progress = wanted, platform, work, progress
        self.fetch = Wheel_Fetch(platform, cache, work, wanted.index_options, progress)
        self._built: dict[str, Wheel_Link] = {}  # what was made here, by the name
        self._refused: dict[str, Packaging__No_Wheel] = {}  # what has no wheel

    def resolve(self) -> tuple[Resolution, list[Wheel_File]]:
        """What was found, and the files."""
        task = 'resolve packages'
        self.progress.start(task, 0, 'packages')
        try:
            packages = [self._from_source(one) for one in self._applying(self.wanted.requirements)]
            links = self._links(packages)
            chosen = {name: self._choose(name, links[name], packages) for name in sorted(links)}
        finally:
            self.progress.finish(task)
        wheels, left_out = self._wheels(chosen, packages)
        for wheel in wheels:
            self._verify(wheel, self._hashes(wheel.name, packages))
        kept = (replace(chosen[file.name], sha256=file.sha256, url=self._url(chosen[file.name])) for file in wheels)
        lasting = {*chosen} <= self._pinned(packages)
        return Resolution(tuple(kept), tuple(left_out), time.time(), lasting), wheels

    # ---- which files

    def _links(self, packages: Sequence[Requirement_Line]) -> dict[str, list[Wheel_Link]]:
        stand_ins = [] if self.wanted.no_deps else [Stand_In_Wheel(one).write(self.work) for one in self.wanted.local]
        constraints = self._applying(self.wanted.constraints)
        asked = Resolve_Input(
            tuple(self._bare(one) for one in (*packages, *stand_ins)),
            tuple(self._bare(one) for one in constraints),
            self.wanted.index_options,
            self.wanted.no_deps,
            asked=self.wanted.requirements,
        )
        if not packages:
            return {}
        ours = {one.name for one in stand_ins}
        return {name: links for name, links in self._with_sources(asked, packages).items() if name not in ours}

    def _with_sources(self, asked: Resolve_Input, packages: Sequence[Requirement_Line]) -> dict[str, list[Wheel_Link]]:
        """First wheels only; then what has none as source, package by package."""
        while True:
            try:
                return self._ask(asked)
            except Packaging__No_Wheel as error:
                name = Install_Error.name_of(error)
                if (
                    not Install_Error.has_source_only(error)
                    or name in asked.sources
                    or len(self._refused) == MOST_SOURCES
                ):
                    raise
                self._refused[name] = error
            except Packaging__Install_Failed as error:
                if not asked.sources:
                    raise
                raise self._not_built(asked.sources[-1], error) from error
            if Installer.uv():
                asked = replace(asked, sources=(*asked.sources, name))
                continue
            line = next((str(one) for one in packages if one.name == name), name)
            try:
                link = self._keep_built(Source_Build(self.platform, self.work).of_name(name, line, asked))
            except Packaging__Install_Failed as error:
                digest = Install_Error.other_hash(error)
                if digest:
                    file, hashes = self._refused[name].seen[-1], sorted(self._hashes(name, packages))
                    raise Packaging__Hash_Mismatch(name, '', file, hashes, digest) from error
                raise self._not_built(name, error) from error
            found = f'--find-links {self._path(link).parent}'
            asked = replace(asked, sources=(*asked.sources, name), options=(*asked.options, found))

    def _ask(self, asked: Resolve_Input) -> dict[str, list[Wheel_Link]]:
        uv = Installer.uv()
        if uv:
            from osbot_lambda.packaging.wheels.Uv_Resolve import Uv_Resolve

            return Uv_Resolve(uv, self.platform, self.work).resolve(asked)
        from osbot_lambda.packaging.wheels.Pip_Resolve import Pip_Resolve

        return Pip_Resolve(self.platform, self.work).resolve(asked)

    def _choose(self, name: str, links: Sequence[Wheel_Link], packages: Sequence[Requirement_Line]) -> Wheel_Link:
        """The best of those that a lock allows."""
        hashes = self._hashes(name, packages)
        built = self._built.get(name)
        if built is not None and any(link.file == built.file for link in links):
            return built
        link = next((link for link in links if f'sha256:{link.sha256}' in hashes), links[0])
        if link.is_wheel:
            return link
        path = self.fetch.source(link)
        self._verify(Wheel_File(name, link.version, path, self.fetch.sha256(path)), hashes)
        try:
            return self._keep_built(Source_Build(self.platform, self.work).of_path(path, f'{name}=={link.version}'))
        except Packaging__Install_Failed as error:
            raise self._not_built(name, error) from error

    # ---- what is built here

    def _from_source(self, wanted: Requirement_Line) -> Requirement_Line:
        """A folder, repository or archive becomes the wheel that was made of it; others stay."""
        from urllib.parse import unquote, urlsplit
        from urllib.request import url2pathname

        parts = urlsplit(wanted.url)
        if not wanted.url or parts.path.endswith('.whl'):
            return wanted
        build, asked, path = Source_Build(self.platform, self.work), self._bare(wanted), None
        if parts.scheme == 'file':
            path = Path(url2pathname(unquote(parts.path)))
            if not path.exists():
                raise Packaging__Install_Failed([asked], '', 0, [f'{path} is not there'])
        elif parts.scheme in ('http', 'https') and not parts.fragment:
            file = unquote(parts.path).rpartition('/')[2]
            path = self.fetch.source(Wheel_Link(wanted.name, '', file, wanted.url))
        if path is not None and path.is_file():
            hashes = self._hashes(wanted.name, [wanted])
            self._verify(Wheel_File(wanted.name, '', path, self.fetch.sha256(path)), hashes)
        link = self._keep_built(build.of_path(path, asked) if path else build.of_url(wanted.url, asked))
        if wanted.name != link.name:
            raise Packaging__Install_Failed([asked], '', 0, [f'what is there is called {link.name}'])
        return replace(wanted, url=self._path(link).as_uri(), hashes=())

    def _keep_built(self, wheel: Path) -> Wheel_Link:
        from packaging.utils import canonicalize_name

        name, version = wheel.name.split('-')[:2]
        link = Wheel_Link(canonicalize_name(name), version, wheel.name, '', self.fetch.sha256(wheel), built=True)
        self._built[link.name] = link
        self.fetch.add(wheel, link)
        return link

    def _path(self, link: Wheel_Link) -> Path:
        return self.fetch.wheels([link])[0].path

    def _not_built(self, name: str, error: Packaging__Install_Failed) -> Packaging__No_Wheel:
        refused = self._refused[name]
        last = error.lines[-1] if error.lines else f'{error.tool} ended with {error.exit_code}'
        return Packaging__No_Wheel(
            refused.requirement, refused.platform, [*refused.seen, f'and it can not be built here: {last}']
        )

    # ---- which of them are kept

    def _wheels(
        self, chosen: dict[str, Wheel_Link], packages: Sequence[Requirement_Line]
    ) -> tuple[list[Wheel_File], list[str]]:
        pinned = self.wanted.pinned & chosen.keys()
        rules = Runtime_Packages(self.platform, packages, pinned, self.wanted.no_deps)
        theirs = chosen.keys() & rules.NAMES
        names, files = chosen.keys() - theirs, dict[str, Wheel_File]()
        while True:  # what is left out isn't even downloaded: what needs it is known by the others' metadata
            if theirs:
                needed = rules.needed(lambda name: Wheel_Metadata(files[name].path).requires() if name in files else [])
                names |= theirs & needed
            missing = [chosen[name] for name in sorted(names - files.keys())]
            if not missing:
                break
            files.update((wheel.name, wheel) for wheel in self.fetch.wheels(missing))
        left_out = [f'{name}=={chosen[name].version}' for name in sorted(theirs - names)]
        return [files[name] for name in sorted(files)], left_out

    # ---- hashes and pins

    def _applying(self, lines: Sequence[str]) -> list[Requirement_Line]:
        """Those whose markers let them be on the platform."""
        from packaging.markers import Marker

        target = {**self.platform.markers(), 'extra': ''}
        parsed = [Requirement_Line.parse(line) for line in lines]
        return [one for one in parsed if not one.marker or Marker(one.marker).evaluate(target)]

    @staticmethod
    def _bare(line: Requirement_Line) -> str:
        """Without hashes: they are checked here."""
        return str(replace(line, hashes=()))

    def _hashes(self, name: str, packages: Sequence[Requirement_Line]) -> frozenset[str]:
        return frozenset(found.lower() for one in packages if one.name == name for found in one.hashes)

    @staticmethod
    def _verify(file: Wheel_File, hashes: frozenset[str]) -> None:
        import hashlib

        if file.built or not hashes or f'sha256:{file.sha256}' in hashes:
            return
        kinds = {found.partition(':')[0] for found in hashes} & hashlib.algorithms_guaranteed - {'sha256'}
        for kind in kinds:
            with file.path.open('rb') as content:
                if f'{kind}:{hashlib.file_digest(content, kind).hexdigest()}' in hashes:
                    return
        found = f'sha256:{file.sha256}'
        raise Packaging__Hash_Mismatch(file.name, file.version, file.path.name, sorted(hashes), found)

    def _pinned(self, packages: Sequence[Requirement_Line]) -> set[str]:
        """The packages whose version can't change any more."""
        return {
            one.name
            for one in (*packages, *self._applying(self.wanted.constraints))
            if re.fullmatch(r'===?[^,*]+', one.specifier)
            or (one.url and ('git+' not in one.url or re.search(r'@[0-9a-f]{40}\b', one.url)))
        }

    @staticmethod
    def _url(link: Wheel_Link) -> str:
        """Without a user's name and password: it is written to the cache."""
        return re.sub(r'^(https?://)[^/@]*@', r'\1', link.url)
