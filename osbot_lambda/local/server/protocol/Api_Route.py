from typing import Optional
from urllib.parse import parse_qsl, unquote


class Api_Route:
    """One route of the model: '/2015-03-31/functions/{FunctionName}'.

    Shapes : '{Name}' takes one segment, '{Name+}' all that are left over; '?List=ALL' must be in the query.
             Labels come back URL-decoded. A slash at the end makes no difference.
    """

    def __init__(self, operation_name: str, uri: str):
        self.operation_name = operation_name
        path, _, query = uri.partition('?')
        self.conditions = set(parse_qsl(query, keep_blank_values=True))
        self.segments = self.split(path)
        self.greedy_at = next((at for at, segment in enumerate(self.segments) if segment.endswith('+}')), None)
        self.fixed_count = sum(not segment.startswith('{') for segment in self.segments)

    @staticmethod
    def split(path: str) -> list[str]:
        """The segments of a path that begins with '/'."""
        return path.removesuffix('/').split('/')[1:] or ['']

    def match(self, segments: list[str], query: str) -> Optional[dict[str, str]]:
        """The labels, or None when the request isn't for this route."""
        if self.greedy_at is not None:
            extra = len(segments) - len(self.segments)
            if extra < 0:
                return None
            end = self.greedy_at + extra + 1
            segments = [*segments[: self.greedy_at], '/'.join(segments[self.greedy_at : end]), *segments[end:]]
        if len(segments) != len(self.segments):
            return None
        labels = {}
        for wanted, segment in zip(self.segments, segments, strict=True):
            if wanted.startswith('{'):
                if not segment:
                    return None
                labels[wanted[1:-1].removesuffix('+')] = unquote(segment)
            elif wanted != segment:
                return None
        if self.conditions and not self.conditions <= set(parse_qsl(query, keep_blank_values=True)):
            return None
        return labels
