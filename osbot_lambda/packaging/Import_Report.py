from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Self

from osbot_lambda.errors import Source__Syntax_Error
from osbot_lambda.packaging.Import_Failure import Import_Failure
from osbot_lambda.packaging.Import_Time import Import_Time
from osbot_lambda.packaging.Package_Row import Package_Row
from osbot_lambda.packaging.Python_Source import Python_Source
from osbot_lambda.packaging.Start_Usage import Start_Usage
from osbot_lambda.packaging.Target_Python import Target_Python
from osbot_lambda.packaging.Unused_Import import Unused_Import

if TYPE_CHECKING:
    from osbot_lambda.packaging.Import_Check import Import_Check

LEAST_MS = 1.0  # what an import has to cost to be worth a line
MOST_SECONDS = 60  # an import that Lambda would end is reported all the same
SHOWN = 15  # modules in the text
NOT_MEASURED = (
    "measured on this machine, with no bytecode but the package's own, as on Lambda, where a function of less than "
    '1,769 MB has less than one vCPU; not in it is what Lambda takes to fetch and unpack'
)
UNUSED = 'imported at the top of your modules, and read by no code that was executed at the start'


@dataclass(frozen=True, slots=True)
class Import_Report:
    """What a cold start of a function imports, and how long it takes: measured in the Python of its runtime.

        report = Import_Report.of(Import_Check(zip_bytes, 'app.main.run', 'python3.12'))
        print(report)
        report.cold_start_ms, [str(unused) for unused in report.unused]

    Shapes : times are in the order in which the modules were done; without what Python and Lambda's own runtime have
             loaded before the function's code. unused are imports of the user's own modules that could be done later.
             failure says why the import ended early, skipped why nothing was measured.
    Units  : milliseconds. runtime_ms is the interpreter's own start, import_ms all of the function's imports.
    Note   : an import is unused when no code that was executed at the start read the name that it binds. Whether it has
             an effect that is needed, only its author knows.
    """

    handler: str
    platform: str
    runtime_ms: float = 0.0
    import_ms: float = 0.0
    times: tuple[Import_Time, ...] = field(default=(), repr=False)
    unused: tuple[Unused_Import, ...] = ()
    package_bytes: int = 0
    failure: Optional[Import_Failure] = None
    skipped: str = ''

    @classmethod
    def of(cls, check: 'Import_Check', rows: Optional[Sequence[Package_Row]] = None) -> Self:
        """Start the package of a check three times: for the times, for what is executed, and with nothing in it.
        rows say whose the package's files are; None: as its distributions' RECORDs say."""
        python = Target_Python.find(check.platform.python_version)
        reason = check.not_here(python)
        if reason or python is None:
            return cls(check.handler, str(check.platform), skipped=reason)
        with check.layout() as layout:
            timed = layout.start(python, check.handler, MOST_SECONDS, 'times')
            followed = layout.start(python, check.handler, MOST_SECONDS, 'calls')
            bare = layout.start(python, '')
        result = check.judge(timed, MOST_SECONDS)
        answer = timed.answer or {}
        rows_by_path = cls._rows(check, rows)
        files = answer.get('modules', {})
        times = tuple(
            Import_Time(name, cls._distribution(files.get(name, ''), rows_by_path), own * 1000, total * 1000, depth)
            for name, own, total, depth in cls._with_self(answer.get('loaded', ()))
        )
        return cls(
            check.handler,
            str(check.platform),
            bare.seconds * 1000,
            answer.get('seconds', 0.0) * 1000,
            times,
            cls._unused(check, followed.answer or {}, files, rows_by_path, times),
            len(check.package) if isinstance(check.package, bytes) else check.package.stat().st_size,
            result.failure,
            result.skipped,
        )

    @property
    def cold_start_ms(self) -> float:
        """The estimate: the interpreter's start and all imports, as measured here."""
        return self.runtime_ms + self.import_ms

    def by_distribution(self) -> dict[str, float]:
        """Milliseconds of each, the slowest first."""
        found: dict[str, float] = {}
        for one in self.times:
            found[one.distribution] = found.get(one.distribution, 0.0) + one.self_ms
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def slowest(self, count: int = SHOWN) -> list[Import_Time]:
        """The modules that take longest by themselves."""
        return sorted(self.times, key=lambda one: (-one.self_ms, one.module))[:count]

    def as_dict(self) -> dict[str, Any]:
        """All of it, as plain data."""
        return asdict(self) | {'cold_start_ms': self.cold_start_ms, 'by_distribution': self.by_distribution()}

    def __str__(self) -> str:
        lines = [self._headline()]
        if self.times:
            lines += ['', 'by distribution']
            lines += [f'{ms:9.1f} ms  {name}' for name, ms in self.by_distribution().items()]
            lines += ['', 'slowest modules: alone, and with what they import']
            lines += [f'{one.self_ms:9.1f} ms {one.total_ms:9.1f} ms  {one.module}' for one in self.slowest()]
        if self.unused:
            lines += ['', f'never used at start: {UNUSED}', *(f'{one.ms:9.1f} ms  {one}' for one in self.unused)]
        if self.times:
            lines += ['', f'{NOT_MEASURED} {self.package_bytes:,} bytes']
        return '\n'.join(lines)

    def _repr_html_(self) -> str:
        from osbot_lambda.schemas.Html_Table import Html_Table

        tables = [Html_Table(self._headline(), ('distribution', 'ms'))]
        for name, ms in self.by_distribution().items():
            tables[0].add(name, f'{ms:.1f}')
        if self.times:
            tables.append(Html_Table('slowest modules', ('module', 'distribution', 'ms alone', 'ms with its imports')))
            for one in self.slowest():
                tables[-1].add(one.module, one.distribution, f'{one.self_ms:.1f}', f'{one.total_ms:.1f}')
        if self.unused:
            tables.append(Html_Table(f'never used at start: {UNUSED}', ('import', 'where', 'up to ms')))
            for late in self.unused:
                tables[-1].add(late.module, f'{late.file}:{late.line}', f'{late.ms:.1f}')
        note = f'<p>{NOT_MEASURED} {self.package_bytes:,} bytes</p>' if self.times else ''
        return ''.join(table.html() for table in tables) + note

    def _headline(self) -> str:
        if self.skipped:
            return f'the imports of {self.handler} were not measured: {self.skipped}'
        if self.failure is not None:
            return f'{self.handler} does not start on {self.platform}: {self.failure.message}'
        return (
            f'{self.handler} on {self.platform}: a cold start takes about {self.cold_start_ms:.0f} ms, '
            f'{self.runtime_ms:.0f} for Python and {self.import_ms:.0f} for {len(self.times)} imported modules'
        )

    @staticmethod
    def _with_self(loaded: Sequence[tuple[str, float, int]]) -> Iterable[tuple[str, float, float, int]]:
        """With the time of the module alone: a module comes after those that it has imported, and these are deeper."""
        inner: dict[int, float] = {}
        for name, seconds, depth in loaded:
            yield name, max(0.0, seconds - inner.pop(depth + 1, 0.0)), seconds, depth
            inner[depth] = inner.get(depth, 0.0) + seconds

    @staticmethod
    def _rows(check: 'Import_Check', of_package: Optional[Sequence[Package_Row]]) -> dict[str, Package_Row]:
        """By the path on Lambda."""
        found: dict[str, Package_Row] = {}
        for folder, package in (('/opt/', layer) for layer in check.layers):
            found |= {folder + row.path: row for row in Package_Row.of_zip(_bytes(package))}
        rows = Package_Row.of_zip(_bytes(check.package)) if of_package is None else of_package
        return found | {f'/var/task/{row.path}': row for row in rows}

    @staticmethod
    def _distribution(file: str, rows: dict[str, Package_Row]) -> str:
        if file.startswith('/var/runtime/'):
            return 'Lambda runtime'
        if file in rows:
            return rows[file].distribution or 'your code'
        return 'your code' if file.startswith(('/var/task/', '/opt/')) else 'Python'

    @classmethod
    def _unused(
        cls,
        check: 'Import_Check',
        followed: Mapping[str, Any],
        files: dict[str, str],
        rows: dict[str, Package_Row],
        times: Sequence[Import_Time],
    ) -> tuple[Unused_Import, ...]:
        from zipfile import ZipFile

        if 'seconds' not in followed:
            return ()  # what is executed isn't known
        total = {one.module: one.total_ms for one in times}
        found: dict[tuple[str, int, str], Unused_Import] = {}
        package = BytesIO(check.package) if isinstance(check.package, bytes) else check.package
        with ZipFile(package) as zipped:
            for module, file in files.items():
                row = rows.get(file)
                if row is None or row.distribution or not file.startswith('/var/task/') or not file.endswith('.py'):
                    continue
                executed = {line for executed_file, line in followed['calls'] if executed_file == file}
                try:
                    source = Python_Source.decode(row.path, zipped.read(row.path))
                    unused = Start_Usage(source, module, row.path.endswith('__init__.py'), executed).unused()
                except Source__Syntax_Error:  # of a newer Python than this one
                    continue
                for names, line in unused:
                    name = next((name for name in names if total.get(name, 0.0) >= LEAST_MS), None)
                    if name is not None:
                        found[row.path, line, name] = Unused_Import(name, row.path, line, total[name])
        return tuple(sorted(found.values(), key=lambda one: (-one.ms, one.file, one.line)))


def _bytes(package: bytes | Path) -> bytes:
    return package if isinstance(package, bytes) else package.read_bytes()
