from dataclasses import dataclass, field

MAIN_SHARE = 0.9


@dataclass(slots=True)
class Size_Node:
    """A distribution, folder or file of a package, and what it weighs with all that is in it.

    Units  : bytes; compressed as in the zip, unpacked as on disk.
    """

    name: str
    compressed: int = 0
    unpacked: int = 0
    files: int = 0
    children: 'dict[str, Size_Node]' = field(default_factory=dict)

    def add(self, parts: list[str], compressed: int, unpacked: int) -> None:
        """One file more, at this path below it."""
        node = self
        for part in [None, *parts]:
            if part is not None:
                node = node.children.setdefault(part, Size_Node(part))
            node.compressed += compressed
            node.unpacked += unpacked
            node.files += 1

    def biggest(self) -> 'list[Size_Node]':
        """What is in it, the biggest unpacked first."""
        return sorted(self.children.values(), key=lambda node: (-node.unpacked, node.name))

    def main_part(self) -> 'Size_Node':
        """The innermost folder that holds nearly all of it, or itself."""
        node = self
        while node.children and (first := node.biggest()[0]).children and first.unpacked >= MAIN_SHARE * node.unpacked:
            node = first
        return node

    def as_dict(self) -> dict[str, object]:
        """As plain data, with all that is in it."""
        return {
            'name': self.name,
            'compressed': self.compressed,
            'unpacked': self.unpacked,
            'files': self.files,
            'children': [child.as_dict() for child in self.biggest()],
        }
