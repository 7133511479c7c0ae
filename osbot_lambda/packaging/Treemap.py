from collections.abc import Iterator, Sequence
from html import escape

from osbot_lambda.packaging.Size_Node import Size_Node

COLOURS = ('#4e79a7', '#f28e2b', '#59a14f', '#b07aa1', '#e15759', '#499894', '#9c755f', '#79706e', '#d37295', '#8cd17d')
LETTER = 6.6  # width of one at 11 px, px
HEADING = 16  # px
DEEPEST = 3  # levels inside a distribution

Box = tuple[float, float, float, float]  # x, y, width, height


class Treemap:
    """A picture of what is big: rectangles as large as what they stand for, in an SVG that needs nothing else.

    Units  : width and height are pixels; areas are unpacked bytes. What would be under `least` pixels a side isn't
             drawn by itself; its space shows that it is there.
    Source : Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000).
    """

    def __init__(self, root: Size_Node, width: int = 860, height: int = 420, least: float = 8.0):
        self.root, self.width, self.height, self.least = root, width, height, least

    def svg(self) -> str:
        """<svg>…</svg>; all text in it is escaped."""
        parts: list[str] = []
        for number, (node, box) in enumerate(self.squarify(self.root.biggest(), (0, 0, self.width, self.height))):
            parts += self._drawn(node, box, COLOURS[number % len(COLOURS)], node.name)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'role="img" style="max-width:100%;height:auto;background:#fff" font-family="sans-serif" font-size="11">'
            f'<title>{escape(self._told(self.root))}</title>{"".join(parts)}</svg>'
        )

    @classmethod
    def squarify(cls, nodes: Sequence[Size_Node], box: Box) -> Iterator[tuple[Size_Node, Box]]:
        """A box for each node, within `box`, as near to squares as it goes; nodes are the biggest first."""
        nodes = [node for node in nodes if node.unpacked > 0]
        x, y, width, height = box
        left = sum(node.unpacked for node in nodes)
        start = 0
        while start < len(nodes) and width > 0 and height > 0:
            scale = width * height / left  # square pixels a byte
            side = min(width, height)
            end = start + 1
            while end < len(nodes) and cls._worst(nodes[start : end + 1], side, scale) <= cls._worst(
                nodes[start:end], side, scale
            ):
                end += 1
            row = nodes[start:end]
            total = sum(node.unpacked for node in row)
            thick = total * scale / side
            along = 0.0
            for node in row:
                long = side * node.unpacked / total
                yield node, (x, y + along, thick, long) if width >= height else (x + along, y, long, thick)
                along += long
            if width >= height:
                x, width = x + thick, width - thick
            else:
                y, height = y + thick, height - thick
            left -= total
            start = end

    @staticmethod
    def _worst(row: Sequence[Size_Node], side: float, scale: float) -> float:
        """How long and thin the worst box of a row is: 1 is a square."""
        total = sum(node.unpacked for node in row) * scale
        return max(
            side * side * row[0].unpacked * scale / total**2, total**2 / (side * side * row[-1].unpacked * scale)
        )

    def _drawn(self, node: Size_Node, box: Box, colour: str, name: str, depth: int = 0) -> Iterator[str]:
        """Its frame, its name, and in it what is big in it."""
        x, y, width, height = box
        if min(width, height) < self.least:
            return
        yield self._box(node, box, colour if depth == 0 else '#ffffff', name, 1.0 if depth == 0 else 0.2)
        if height >= HEADING:
            label = node.name if depth else f'{node.name}  {_mb(node.unpacked)}'
            yield self._label(label, x, y, width)
        if depth < DEEPEST and min(width, height) >= 3 * HEADING:
            inner = (x + 2, y + HEADING, width - 4, height - HEADING - 2)
            for child, place in self.squarify(node.main_part().biggest(), inner):
                yield from self._drawn(child, place, colour, f'{name} › {child.name}', depth + 1)

    @classmethod
    def _box(cls, node: Size_Node, box: Box, colour: str, name: str, opacity: float) -> str:
        x, y, width, height = box
        return (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}" '
            f'fill-opacity="{opacity:g}" stroke="#fff"><title>{escape(cls._told(node, name))}</title></rect>'
        )

    @staticmethod
    def _label(text: str, x: float, y: float, width: float) -> str:
        most = int((width - 6) / LETTER)
        if most < 3:
            return ''
        shown = text if len(text) <= most else f'{text[: most - 1]}…'
        return f'<text x="{x + 3:.1f}" y="{y + 12:.1f}" fill="#000" pointer-events="none">{escape(shown)}</text>'

    @staticmethod
    def _told(node: Size_Node, name: str = '') -> str:
        return f'{name or node.name}: {_mb(node.unpacked)} unpacked, {_mb(node.compressed)} in the zip'


def _mb(count: int) -> str:
    return f'{count / 1e6:,.1f} MB' if count >= 100_000 else f'{count / 1e3:,.1f} kB'
