from typing import Any
from urllib.parse import parse_qsl

from botocore.model import Shape

from osbot_lambda.local.server.protocol.Query_Names import Query_Names
from osbot_lambda.local.server.protocol.Text_Parser import Text_Parser


class Query_Input:
    """Turns a form of the query protocol ('Attribute.1.Name=...') into an operation's parameters.

    Errors : Api__Error SerializationException for text that isn't what the shape wants.
    """

    def fields(self, text: str) -> dict[str, Any]:
        """The form as a tree: 'Attribute.1.Name=x' is {'Attribute': {'1': {'Name': 'x'}}}."""
        tree: dict[str, Any] = {}
        for key, value in parse_qsl(text, keep_blank_values=True):
            node, *path = key.split('.')
            branch = tree
            for step in path:
                inner = branch.setdefault(node, {})
                if not isinstance(inner, dict):
                    inner = branch[node] = {}  # 'A=1&A.B=2': the deeper one wins
                branch, node = inner, step
            branch[node] = value
        return tree

    def structure(self, shape: Shape, tree: dict[str, Any]) -> dict[str, Any]:
        """The members of a shape that the tree has."""
        params = {}
        for name, member in shape.members.items():
            found: Any
            if member.type_name == 'list':
                value = self.numbered(tree, Query_Names.element(name, member.member.name))
                found = [self.value(member.member, item) for item in value]
            elif member.type_name == 'map':
                element = Query_Names.element(name, '')
                key_name, value_name = Query_Names.key_and_value(element)
                found = {
                    str(item.get(key_name, '')): self.value(member.value, item.get(value_name, ''))
                    for item in self.numbered(tree, element)
                    if isinstance(item, dict)
                }
            elif name in tree:
                found = self.value(member, tree[name])
            else:
                continue
            if found or member.type_name not in ('list', 'map'):
                params[name] = found
        return params

    def value(self, shape: Shape, item: Any) -> Any:
        """One value of a shape."""
        if shape.type_name == 'structure':
            return self.structure(shape, item if isinstance(item, dict) else {})
        return Text_Parser().compile(shape)(item if isinstance(item, str) else '')

    @staticmethod
    def numbered(tree: dict[str, Any], element: str) -> list[Any]:
        """The items of a list, by their numbers."""
        items = tree.get(element)
        if not isinstance(items, dict):
            return []
        return [items[number] for number in sorted((key for key in items if key.isdecimal()), key=int)]
