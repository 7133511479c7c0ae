from collections.abc import Iterable, Mapping
from typing import Any, Optional

from osbot_lambda.packaging.Package_Row import Package_Row
from osbot_lambda.packaging.Size_Node import Size_Node

OWN = 'your code'
DIRECT_ZIPPED = 52_428_800  # of a zip in the request itself, "Lambda quotas"; larger ones go through S3
MOST_UNPACKED = 262_144_000  # the code and all of its layers
LEAST_SHARE = 0.01  # of what is shown in the text, by itself
FOLDERS_SHOWN = 5


class Size_Report:
    """What a package weighs, by distribution and folder, beside what Lambda takes.

        report = Size_Report(Package_Row.of_zip(zip_bytes), zipped=len(zip_bytes))
        print(report)
        report.as_dict()['unpacked']

    Shapes : rows are the files of the package; layers are those of each layer, by its name, and unknown the layers
             whose files aren't here: they aren't counted. A notebook shows a table, and a picture of the tree.
    Units  : bytes; zipped is the whole zip of the package, None: the sum of its files. A layer has a zip of its own.
    Source : AWS "Lambda quotas": 50 MB zipped in a request, 250 MB unpacked with the layers.
    """

    def __init__(
        self,
        rows: Iterable[Package_Row],
        layers: Optional[Mapping[str, Iterable[Package_Row]]] = None,
        zipped: Optional[int] = None,
        title: str = 'package',
        unknown: Iterable[str] = (),
    ):
        self.rows, self.unknown = tuple(rows), tuple(unknown)
        self.layers = {name: tuple(of_layer) for name, of_layer in (layers or {}).items()}
        self.tree = Size_Node(title)
        for row in self.rows:
            self.tree.add([row.distribution or OWN, *row.path.split('/')], row.compressed, row.unpacked)
        self.zipped = self.tree.compressed if zipped is None else zipped
        for name, of_layer in self.layers.items():
            for row in of_layer:
                label = f'{row.distribution or "files"} (layer {name})'
                self.tree.add([label, *row.path.split('/')], row.compressed, row.unpacked)

    @property
    def unpacked(self) -> int:
        """Of the package and its layers, as Lambda counts them."""
        return self.tree.unpacked

    @property
    def needs_s3(self) -> bool:
        """Is it too large for a request? deploy() takes it through S3 then."""
        return self.zipped > DIRECT_ZIPPED

    @property
    def fits(self) -> bool:
        """Would Lambda take it?"""
        return self.unpacked <= MOST_UNPACKED

    def as_dict(self) -> dict[str, Any]:
        """The tree and the budgets, as plain data."""
        return {
            'zipped': self.zipped,
            'zipped_limit': DIRECT_ZIPPED,
            'needs_s3': self.needs_s3,
            'unpacked': self.unpacked,
            'unpacked_limit': MOST_UNPACKED,
            'fits': self.fits,
            'not_counted': list(self.unknown),
            'tree': self.tree.as_dict(),
        }

    def __str__(self) -> str:
        lines = [self._headline(), '', f'{"unpacked":>12} {"in the zip":>12}  share']
        rest = 0
        for node in self.tree.biggest():
            if node.unpacked < LEAST_SHARE * self.unpacked:
                rest += 1
                continue
            lines.append(self._line(node))
            lines += [self._line(inner, 1) for inner in self._folders(node)]
        if rest:
            lines.append(f'{"":32}  and {rest} smaller, under {LEAST_SHARE:.0%} each')
        return '\n'.join(lines)

    def _repr_html_(self) -> str:
        from osbot_lambda.packaging.Treemap import Treemap
        from osbot_lambda.schemas.Html_Table import Html_Table

        table = Html_Table(self._headline(), ('distribution', 'unpacked', 'in the zip', 'share', 'files'))
        for node in self.tree.biggest():
            table.add(node.name, f'{node.unpacked:,}', f'{node.compressed:,}', f'{self._share(node):.1%}', node.files)
        return f'<div>{Treemap(self.tree).svg()}{table.html()}</div>'

    def _headline(self) -> str:
        s3 = '; over it, so that it is uploaded through S3' if self.needs_s3 else ''
        over = '' if self.fits else f'; {self.unpacked - MOST_UNPACKED:,} too many'
        with_layers = f' with {len(self.layers)} layer{"s"[: len(self.layers) > 1]}' if self.layers else ''
        left = f'; not counted: {", ".join(self.unknown)}' if self.unknown else ''
        return (
            f'{self.tree.name}: {self.zipped:,} bytes zipped, of {DIRECT_ZIPPED:,} in a request{s3}; '
            f'{self.unpacked:,} unpacked{with_layers}, of {MOST_UNPACKED:,}{over}{left}'
        )

    def _folders(self, node: Size_Node) -> list[Size_Node]:
        """What is big in a distribution, below the folder that holds nearly all of it."""
        big = [inner for inner in node.main_part().biggest() if inner.unpacked >= LEAST_SHARE * self.unpacked]
        return big[:FOLDERS_SHOWN]

    def _line(self, node: Size_Node, depth: int = 0) -> str:
        slash = '/' if depth and node.children else ''
        return f'{node.unpacked:12,} {node.compressed:12,} {self._share(node):6.1%}  {"  " * depth}{node.name}{slash}'

    def _share(self, node: Size_Node) -> float:
        return node.unpacked / self.unpacked if self.unpacked else 0.0
