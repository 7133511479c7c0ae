import ast
import builtins
from dataclasses import dataclass
from functools import cached_property

from osbot_lambda.errors import Handler__Not_Found, Source__Not_Portable, Source__Syntax_Error
from osbot_lambda.packaging.Dependency_Loads import Dependency_Loads
from osbot_lambda.packaging.Name_Usage import Name_Usage
from osbot_lambda.packaging.Python_Source import Python_Source

BUILT_IN = frozenset(dir(builtins)) | {'__file__', '__name__', '__package__', '__spec__', '__doc__', '__builtins__'}


@dataclass(frozen=True)
class Source_Slice:
    """The part of a module that one of its functions needs, as source.

    For a script or a test module: shipped whole, it would run the deploy itself inside Lambda. Kept, in the order and
    with the text of the original: the function, the top-level statements that bind a name it uses (and so on), and
    bare statements that set such a name up (`logger.setLevel('INFO')`) or load packages from S3, before the first that
    deploys. Left out: `if __name__ == '__main__':`, and statements that use our deploy, testing or local classes.

    Errors : Handler__Not_Found, Source__Not_Portable (naming the variable), Source__Syntax_Error.
    """

    source: Python_Source
    function: str

    DEPLOY_ROOMS = ('osbot_lambda.deploy', 'osbot_lambda.testing', 'osbot_lambda.local', 'osbot_lambda.cli')
    DEPLOY_NAMES = ('Deploy_Lambda', 'Local_Cloud', 'TestCase__Lambda__Deploy')
    NOT_SETUP = ('print', 'input', 'exit', 'quit', 'breakpoint', 'sys.exit', 'os._exit', 'os.abort')

    def text(self) -> str:
        """The slice; it compiles, and importing it alone gives the function."""
        chunks = [self._chunk(index) for index in sorted(self._kept)]
        text = f'# {self.function} and what it uses, from {self._name()}\n'
        for before, chunk in zip([None, *chunks], chunks, strict=False):
            far = any(one is not None and one.lstrip().startswith(('def ', 'class ', '@')) for one in (before, chunk))
            text += ('\n\n' if far else '\n' if before is None else '') + chunk + '\n'
        try:
            compile(text, self.source.label, 'exec', dont_inherit=True)
        except SyntaxError as error:
            raise Source__Syntax_Error(
                self.source.label, error.lineno or 1, f'of the part to ship: {error.msg}'
            ) from None
        return text

    def uses_relative_imports(self) -> bool:
        """Does it only work at its place in its package?"""
        return any(
            isinstance(node, ast.ImportFrom) and node.level > 0
            for index in self._kept
            for node in ast.walk(self._body[index])
        )

    @property
    def _body(self) -> list[ast.stmt]:
        return self.source.tree.body

    @cached_property
    def _usage(self) -> list[Name_Usage]:
        return [Name_Usage.of(statement) for statement in self._body]

    @cached_property
    def _binders(self) -> dict[str, list[int]]:
        """{name: indexes of the statements that bind it}, without the main guard."""
        found: dict[str, list[int]] = {}
        for index, usage in enumerate(self._usage):
            if not Python_Source.is_main_guard(self._body[index]):
                for name in usage.binds | self._set_by_call(self._body[index]):
                    found.setdefault(name, []).append(index)
        return found

    def _set_by_call(self, statement: ast.stmt) -> frozenset[str]:
        """For `setup()`: the names that setup binds by `global`."""
        called = (
            statement.value.func if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) else None
        )
        if not isinstance(called, ast.Name):
            return frozenset()
        return frozenset().union(*(usage.sets for usage in self._usage if called.id in usage.binds))

    @cached_property
    def _deploy_names(self) -> set[str]:
        """Names that stand for our deploy classes, or for what was made with them."""
        names: set[str] = set()
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Import):
                names |= {alias.asname or 'osbot_lambda' for alias in node.names if self._is_deploy(alias.name)}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names |= {
                    alias.asname or alias.name for alias in node.names if self._is_deploy(f'{node.module}.{alias.name}')
                }
        for statement, usage in zip(self._body, self._usage, strict=True):
            if usage.uses & names or (self._is_definition(statement) and self._imports_deploy(statement)):
                names |= usage.binds  # also of functions: who calls them deploys
        return names

    def _imports_deploy(self, statement: ast.stmt) -> bool:
        return any(
            isinstance(node, ast.ImportFrom)
            and not node.level
            and any(self._is_deploy(f'{node.module}.{alias.name}') for alias in node.names)
            for node in ast.walk(statement)
        )

    @cached_property
    def _kept(self) -> set[int]:
        if self.function not in self._binders:
            raise Handler__Not_Found(f'{self.source.label} has no top-level function {self.function!r} to take out')
        kept = self._closure()
        kept |= self._setup_statements(kept)
        return kept | {
            index
            for index, statement in enumerate(self._body)
            if isinstance(statement, ast.ImportFrom) and statement.module == '__future__'
        }

    @cached_property
    def _used(self) -> set[str]:
        return {name for index in self._kept for name in self._usage[index].uses} | {self.function}

    def _closure(self) -> set[int]:
        kept: set[int] = set()
        names: set[str] = set()
        wanted = [self.function]
        for index in self._loads():
            kept.add(index)
            wanted += self._wanted_by(index)
        while wanted:
            name = wanted.pop()
            if name in names:
                continue
            names.add(name)
            for index in self._binders.get(name, ()):
                if index not in kept:
                    self._refuse_deploy(index, name)
                    kept.add(index)
                    wanted += self._wanted_by(index)
        self._check_resolved(names, kept)
        return kept

    def _loads(self) -> list[int]:
        """Statements that load packages from S3: without them, imports after them fail on Lambda."""
        loaders = Dependency_Loads(self.source).names
        found = []
        for index, (statement, usage) in enumerate(zip(self._body, self._usage, strict=True)):
            if self._acts(statement, usage):
                break
            if usage.uses & loaders and self._is_setup(statement) and not Python_Source.is_main_guard(statement):
                found.append(index)
        return found

    def _wanted_by(self, index: int) -> list[str]:
        statement, usage = self._body[index], self._usage[index]
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return []
        same = isinstance(statement, ast.Assign) and len(statement.targets) > 1  # a = b = {}: what is done to b is to a
        return sorted(usage.uses | usage.binds if same else usage.uses)

    def _refuse_deploy(self, index: int, name: str) -> None:
        """A needed variable that is made by deploying can't be carried; a function that deploys can."""
        statement, usage = self._body[index], self._usage[index]
        imports = isinstance(statement, ast.Import | ast.ImportFrom)
        if not imports and (usage.uses - usage.late) & self._deploy_names:
            raise Source__Not_Portable(
                f'{self.function} uses {name!r}, which {self.source.label}:{statement.lineno} makes while deploying: '
                f'it exists here, not on Lambda. Pass what the function needs in its event or its environment'
            )

    def _check_resolved(self, names: set[str], kept: set[int]) -> None:
        """Names that nothing binds at import: from a star import, by a kept function's `global`, or not portable."""
        set_by_kept = {name for index in kept for name in self._usage[index].sets}
        open_names = {name for name in names - BUILT_IN - set_by_kept if name not in self._binders}
        stars = [index for index, usage in enumerate(self._usage) if self._is_star(index)]
        for name in sorted(open_names):
            for index, usage in enumerate(self._usage):
                line = self._body[index].lineno
                if Python_Source.is_main_guard(self._body[index]) and name in usage.binds:
                    where = "only under `if __name__ == '__main__':`, which doesn't run on Lambda"
                elif name in usage.sets and not stars:
                    where = f'only while {", ".join(sorted(usage.binds))}() runs, which {self.function} never calls'
                else:
                    continue
                raise Source__Not_Portable(
                    f'{self.function} uses {name!r}, which {self.source.label}:{line} binds {where}. '
                    f'Bind it at the top of the module'
                )
        if open_names:
            kept |= set(stars)

    def _is_star(self, index: int) -> bool:
        statement = self._body[index]
        return isinstance(statement, ast.ImportFrom) and statement.names[0].name == '*'

    def _setup_statements(self, kept: set[int]) -> set[int]:
        names = {name for index in kept for name in self._usage[index].binds}
        variables = {
            name
            for index in kept
            for name in self._usage[index].binds
            if not isinstance(self._body[index], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        found = set()
        for index, (statement, usage) in enumerate(zip(self._body, self._usage, strict=True)):
            if index in kept or Python_Source.is_main_guard(statement):
                continue
            if self._acts(statement, usage):
                break
            if (
                self._is_setup(statement)
                and self.function not in usage.uses
                and usage.uses & variables
                and usage.uses <= names | BUILT_IN | usage.binds
                and not usage.binds & names
            ):
                found.add(index)
        return found

    def _acts(self, statement: ast.stmt, usage: Name_Usage) -> bool:
        """Does the script deploy, from here on?"""
        if isinstance(statement, ast.Import | ast.ImportFrom) or self._is_definition(statement):
            return False
        return not Python_Source.is_main_guard(statement) and bool((usage.uses | usage.binds) & self._deploy_names)

    def _is_setup(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.Expr):
            return isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) not in self.NOT_SETUP
        if isinstance(statement, ast.Assign):
            return all(isinstance(target, ast.Attribute | ast.Subscript) for target in statement.targets)
        if isinstance(statement, ast.AugAssign | ast.AnnAssign):
            return isinstance(statement.target, ast.Attribute | ast.Subscript)
        if isinstance(statement, ast.Delete):
            return all(isinstance(target, ast.Attribute | ast.Subscript) for target in statement.targets)
        if isinstance(statement, ast.If | ast.For | ast.With | ast.Try):
            return all(self._is_setup(one) for one in self._inner(statement))
        return isinstance(statement, ast.Pass)

    @staticmethod
    def _inner(statement: ast.stmt) -> list[ast.stmt]:
        inner: list[ast.stmt] = []
        for part in ('body', 'orelse', 'finalbody'):
            inner += getattr(statement, part, [])
        for handler in getattr(statement, 'handlers', []):
            inner += handler.body
        return inner

    @staticmethod
    def _is_definition(statement: ast.stmt) -> bool:
        return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    def _is_deploy(self, name: str) -> bool:
        return name == 'osbot_lambda' or any(
            name == room or name.startswith(room + '.')
            for room in (*self.DEPLOY_ROOMS, *(f'osbot_lambda.{one}' for one in self.DEPLOY_NAMES))
        )

    def _chunk(self, index: int) -> str:
        statement = self._body[index]
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return self._import_text(statement)
        decorators = getattr(statement, 'decorator_list', [])
        first = min([statement.lineno, *(one.lineno for one in decorators)])
        last = statement.end_lineno or statement.lineno
        lines = self.source.text.split('\n')
        before = lines[first - 1].encode()[: statement.col_offset] if not decorators else b''
        after = lines[last - 1].encode()[statement.end_col_offset :].decode()
        if before.strip() or after.strip().startswith(';'):  # shares its line with another statement
            return ast.get_source_segment(self.source.text, statement) or ast.unparse(statement)
        return '\n'.join(lines[first - 1 : last])

    def _import_text(self, statement: ast.Import | ast.ImportFrom) -> str:
        """Its text, without the names that nothing kept uses: they may not be there on Lambda."""
        names = [alias for alias in statement.names if (alias.asname or alias.name.partition('.')[0]) in self._used]
        if not names or len(names) == len(statement.names) or getattr(statement, 'module', '') == '__future__':
            return ast.get_source_segment(self.source.text, statement) or ast.unparse(statement)
        if isinstance(statement, ast.Import):
            return ast.unparse(ast.Import(names))
        return ast.unparse(ast.ImportFrom(statement.module, names, statement.level))

    def _name(self) -> str:
        return self.source.label.replace('\\', '/').rpartition('/')[2]
