import ast
import symtable
from dataclasses import dataclass
from typing import Self

RUNS_AT_ONCE = ('listcomp', 'setcomp', 'dictcomp', 'genexpr')


@dataclass(frozen=True, slots=True)
class Name_Usage:
    """Which module-level names a top-level statement binds and uses, by Python's own scoping rules.

    Source : the symtable module. `late` are names used only when a function of the statement is called; `uses` holds
             all. `sets` are names that a function of it binds by `global`.
    """

    binds: frozenset[str]
    uses: frozenset[str]
    late: frozenset[str]
    sets: frozenset[str]

    @classmethod
    def of(cls, statement: ast.stmt) -> Self:
        """Of one statement."""
        top = symtable.symtable(ast.unparse(statement), '<statement>', 'exec')
        binds = {one.get_name() for one in top.get_symbols() if one.is_assigned() or one.is_imported()}
        now = {one.get_name() for one in top.get_symbols() if one.is_referenced()}
        late: set[str] = set()
        sets: set[str] = set()
        for child in top.get_children():
            cls._collect(child, False, now, late, sets)
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        binds -= {node.id for node in names if isinstance(node.ctx, ast.Del)} - stored  # symtable counts those too
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            now.add(statement.target.id)
        return cls(frozenset(binds), frozenset(now | late), frozenset(late - now), frozenset(sets))

    @classmethod
    def _collect(
        cls, table: symtable.SymbolTable, in_function: bool, now: set[str], late: set[str], sets: set[str]
    ) -> None:
        in_function = in_function or (table.get_type() == 'function' and table.get_name() not in RUNS_AT_ONCE)
        for symbol in table.get_symbols():
            if symbol.is_global():
                (late if in_function else now).add(symbol.get_name())
                if symbol.is_declared_global() and symbol.is_assigned():
                    sets.add(symbol.get_name())
        for child in table.get_children():
            cls._collect(child, in_function, now, late, sets)
