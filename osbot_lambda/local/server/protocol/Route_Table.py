from typing import Optional

from botocore.model import OperationModel

from osbot_lambda.local.server.protocol.Api_Route import Api_Route


class Route_Table:
    """Finds the operation of a REST request, and the labels of its path.

    Of several routes that fit, the one with more query conditions, then with more fixed segments, wins.
    """

    def __init__(self, operations: dict[str, OperationModel]):
        self.routes: dict[tuple[str, str], list[Api_Route]] = {}
        for name, operation in operations.items():
            route = Api_Route(name, operation.http['requestUri'])
            self.routes.setdefault((operation.http['method'], route.segments[0]), []).append(route)
        for routes in self.routes.values():
            routes.sort(key=lambda route: (-len(route.conditions), -route.fixed_count))

    def find(self, method: str, path: str, query: str) -> Optional[tuple[str, dict[str, str]]]:
        """(operation name, labels), or None when no route fits. The path is as on the wire."""
        segments = Api_Route.split(path)
        for route in self.routes.get((method, segments[0]), ()):
            labels = route.match(segments, query)
            if labels is not None:
                return route.operation_name, labels
        return None
