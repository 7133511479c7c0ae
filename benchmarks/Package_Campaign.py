import io
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from benchmarks.Native_Check import Native_Check
from benchmarks.Package_Cell import Package_Cell
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Packaging__Error, Packaging__No_Wheel
from osbot_lambda.local.Local_Cloud import Local_Cloud
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Import_Check import Import_Check
from osbot_lambda.packaging.Lambda_Package import Lambda_Package
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Install_Error import Install_Error
from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set

PACKAGES = (
    'requests',
    'pydantic',
    'numpy',
    'pandas',
    'cryptography',
    'lxml',
    'psycopg[binary]',
    'pillow',
    'jsonschema',  # reads data files when it is imported
    'babel',  # a thousand data files
)
PLATFORMS = tuple(
    Lambda_Platform(f'python3.{minor}', architecture) for minor in range(9, 14) for architecture in ('x86_64', 'arm64')
)
REFUSED = (  # the version is there, and none of its wheels is for that
    ('numpy==2.3.0', Lambda_Platform('python3.11')),  # they need glibc 2.28
    ('pillow==12.0.0', Lambda_Platform('python3.9', 'arm64')),  # they need Python 3.10
)
USES = Path(__file__).with_name('package_uses')
MOST_UNZIPPED = 262_144_000  # "Lambda quotas"
AT_ONCE = 8  # most of the time of the first run is waiting for the index
IMPORT_SECONDS = 60  # Lambda's own 10 are of a machine that does nothing else


class Package_Campaign:
    """Takes packages that people use on Lambda through all of packaging, for each runtime and architecture.

        for cell in Package_Campaign(['numpy'], [Lambda_Platform('python3.12', 'arm64')]).cells():
            print(cell.row())

    Each is resolved, and put into a zip with a handler that uses it; the zip is held against Lambda's limit, and its
    native libraries against what Lambda has; it is imported by the runtime's Python, where there is one here and the
    package can be loaded on this machine; and for the Python of the local cloud it is deployed there and invoked.

    Shapes : packages are requirements, whose handler is package_uses/use_<name>.py; of refused, Packaging__No_Wheel is
             what is right.
    Note   : wheels and resolutions are kept in the usual cache: within a day, the next run needs no network.
    """

    def __init__(
        self,
        packages: Sequence[str] = PACKAGES,
        platforms: Sequence[Lambda_Platform] = PLATFORMS,
        refused: Sequence[tuple[str, Lambda_Platform]] = (),
    ):
        self.wanted = [(package, platform) for package in packages for platform in platforms]
        self.refused = list(refused)
        self._turns = threading.BoundedSemaphore(os.cpu_count() or 1)  # to do what is work

    def cells(self) -> Iterator[Package_Cell]:
        """One for each package and platform, in their order, then those of what must be refused."""
        with Local_Cloud() as cloud, ThreadPoolExecutor(AT_ONCE) as pool:
            wanted = pool.map(lambda one: self._wanted(*one, cloud), self.wanted)
            refused = pool.map(lambda one: self._refused(*one), self.refused)
            yield from wanted
            yield from refused

    @staticmethod
    def summary(cells: Sequence[Package_Cell]) -> str:
        """What came of them, in a line."""
        counted = Counter(cell.outcome for cell in cells)
        outcomes = ', '.join(f'{number} {outcome}' for outcome, number in sorted(counted.items()))
        return f'{len(cells)} times a package for a platform: {outcomes}'

    def _wanted(self, requirement: str, platform: Lambda_Platform, cloud: Local_Cloud) -> Package_Cell:
        try:
            wheels = Package_Resolver(platform).resolve(Requirement_Set((requirement,)))
            with self._turns:
                return self._cell(requirement, wheels, cloud)
        except Exception as error:  # noqa: BLE001  what it raises is what is looked for; the others go on
            return Package_Cell(requirement, platform, 'failed', about=f'{type(error).__name__}: {error}')

    @staticmethod
    def _refused(requirement: str, platform: Lambda_Platform) -> Package_Cell:
        try:
            wheels = Package_Resolver(platform).resolve(Requirement_Set((requirement,)))
        except Packaging__No_Wheel:
            return Package_Cell(requirement, platform, 'refused')
        except Packaging__Error as error:
            outcome = 'skipped' if Install_Error.is_unreachable(error) else 'failed'  # of a failure nothing is kept
            return Package_Cell(requirement, platform, outcome, about=f'{type(error).__name__}: {error}')
        return Package_Cell(requirement, platform, 'failed', about=f'was found: {", ".join(wheels.names())}')

    def _cell(self, requirement: str, wheels: Wheel_Set, cloud: Local_Cloud) -> Package_Cell:
        platform = wheels.platform
        name = requirement.partition('[')[0]
        handler = f'use_{name}.run'
        version = next(wheel.version for wheel in wheels.wheels if wheel.name == name)
        with TemporaryDirectory(prefix='osbot-lambda-campaign-') as kept:  # the zips are of no further use
            package = Lambda_Package(cache=Package_Cache(Path(kept)))
            code = package.add_handler(Handler_Source(handler, [USES])).add_wheels(wheels).zip_bytes()
        with ZipFile(io.BytesIO(code)) as zipped:
            unzipped = sum(info.file_size for info in zipped.infolist())
            native = Native_Check(zipped, platform)
        problems = native.problems
        if unzipped > MOST_UNZIPPED:
            problems.append(f'{unzipped:,} bytes unzipped, and nothing said so')
        check = Import_Check(code, handler, platform.runtime, platform.architecture).run(IMPORT_SECONDS)
        here = Lambda_Platform.here()
        about = f'in {check.seconds * 1000:.0f} ms'
        if check.skipped:
            about = check.skipped if platform.architecture == here.architecture else ''
        elif not check.ok:
            problems.append(str(check))
        if platform == here:
            about += ', and invoked'
            answer = self._invoke(requirement, handler, platform, cloud)
            if answer != version:
                problems.append(f'invoked, it gave {answer!r}, and {version!r} is in the package')
        outcome = 'failed' if problems else 'skipped' if check.skipped else 'imported'
        return Package_Cell(
            requirement,
            platform,
            outcome,
            version,
            unzipped,
            len(code),
            native.libraries,
            native.glibc,
            '; '.join(problems) or about,
        )

    @staticmethod
    def _invoke(requirement: str, handler: str, platform: Lambda_Platform, cloud: Local_Cloud) -> object:
        """What the function answers, deployed as a user would."""
        name = re.sub(r'\W', '-', f'campaign-{handler}')
        deploy = Deploy_Lambda(handler, name, source_roots=[USES], session_kwargs=cloud.session_kwargs())
        deploy.set_requirements([requirement]).set_architecture(platform.architecture).set_memory_size(1024)
        deploy.deploy(check=False, progress=False)
        return deploy.invoke({})
