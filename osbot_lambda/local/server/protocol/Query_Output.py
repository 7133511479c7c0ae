from typing import Any
from xml.sax.saxutils import escape

from botocore.model import Shape

from osbot_lambda.local.server.protocol.Output_Serializer import Output_Serializer
from osbot_lambda.local.server.protocol.Query_Names import Query_Names


class Query_Output:
    """Writes an operation's result as the XML of the query protocol, with lists and maps flattened."""

    CONTROLS = {'\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;'}  # else an XML reader would change line ends

    def __init__(self) -> None:
        self.serializer = Output_Serializer()

    def structure(self, shape: Shape, value: dict[str, Any]) -> str:
        """The elements inside a structure."""
        parts = []
        for name, member in shape.members.items():
            item = value.get(name)
            if item is None:
                continue
            if member.type_name == 'list':
                element = Query_Names.element(name, member.member.name)
                parts += [self.element(element, self.value(member.member, one)) for one in item]
            elif member.type_name == 'map':
                element = Query_Names.element(name, '')
                key_name, value_name = Query_Names.key_and_value(element)
                for key, one in item.items():
                    inner = self.element(key_name, self.text(key))
                    inner += self.element(value_name, self.value(member.value, one))
                    parts.append(self.element(element, inner))
            else:
                parts.append(self.element(name, self.value(member, item)))
        return ''.join(parts)

    def value(self, shape: Shape, item: Any) -> str:
        """What stands inside the element of one value."""
        if shape.type_name == 'structure':
            return self.structure(shape, item)
        if shape.type_name == 'blob':
            return str(self.serializer.compile(shape)(item))  # type: ignore[misc]    # a blob always has a writer
        return self.text(self.serializer.compile_text(shape)(item))

    def text(self, text: str) -> str:
        """Text as it may stand in XML."""
        return escape(text, self.CONTROLS)

    @staticmethod
    def element(name: str, inner: str) -> str:
        """One element around XML that is made already."""
        return f'<{name}>{inner}</{name}>'
