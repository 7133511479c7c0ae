import ast
import os
from pathlib import Path
from typing import Optional

from osbot_lambda.packaging.Import_Texts import Import_Texts


class Import_Path:
    """The folder that an expression given to sys.path names, as far as the source says.

    Follows texts, __file__, os.path and pathlib. A relative path counts from the root, as from /var/task on Lambda.
    """

    SAME = ('os.path.abspath', 'os.path.realpath', 'os.path.normpath', 'os.fspath', 'str', 'pathlib.Path', 'Path')
    KEEPS = ('resolve', 'absolute', 'as_posix', '__str__')

    def __init__(self, texts: Import_Texts, file: Path, root: Path):
        self.texts, self.file, self.root = texts, file, root

    def folder(self, node: ast.expr) -> Optional[Path]:
        """The folder, absolute; None when it isn't known, or an absolute path was written."""
        path = self._path(node)
        if path is None or (isinstance(node, ast.Constant) and os.path.isabs(path)):
            return None
        return Path(os.path.normpath(os.path.join(self.root, path)))

    def _path(self, node: Optional[ast.expr]) -> Optional[str]:
        if isinstance(node, ast.Name) and node.id == '__file__':
            return str(self.file)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return self._joined([node.left, node.right])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined([node.left, node.right], '')
        if isinstance(node, ast.JoinedStr):
            return self._joined([one.value if isinstance(one, ast.FormattedValue) else one for one in node.values], '')
        if isinstance(node, ast.Attribute) and node.attr == 'parent':
            inner = self._path(node.value)
            return None if inner is None else os.path.dirname(inner)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == 'parents':
            inner = self._path(node.value.value)
            if inner is None or not isinstance(node.slice, ast.Constant) or not isinstance(node.slice.value, int):
                return None
            parents = Path(inner).parents
            return str(parents[node.slice.value]) if 0 <= node.slice.value < len(parents) else None
        if isinstance(node, ast.Name):
            value = self.texts.value_of(node.id)
            return None if value is None else self._path(value)
        if node is None:
            return None
        texts = self.texts.of(node)
        return texts[0] if len(texts) == 1 and '*' not in texts[0] else None

    def _call(self, node: ast.Call) -> Optional[str]:
        name = self.texts.full_name(node.func)
        if name in self.SAME:
            return self._joined(node.args)
        if name == 'os.path.dirname' and node.args:
            inner = self._path(node.args[0])
            return None if inner is None else os.path.dirname(inner)
        if name == 'os.path.join':
            return self._joined(node.args)
        if name in ('os.getcwd', 'pathlib.Path.cwd', 'Path.cwd'):
            return str(self.root)
        if isinstance(node.func, ast.Attribute) and node.func.attr in self.KEEPS:
            return self._path(node.func.value)
        if isinstance(node.func, ast.Attribute) and node.func.attr == 'joinpath':
            return self._joined([node.func.value, *node.args])
        return None

    def _joined(self, nodes: list[ast.expr], between: str = os.sep) -> Optional[str]:
        parts = [self._path(one) for one in nodes]
        known = [part for part in parts if part is not None]
        if not known or len(known) != len(parts):
            return None
        return os.path.join(*known) if between else ''.join(known)
