from typing import Any, Optional

from botocore.loaders import Loader
from botocore.model import NoShapeFoundError, OperationModel, ServiceModel, Shape


class Service_Model:
    """botocore's model of one service: its operations and errors.

    Costs  : about 40 ms to load (the JSON is gzipped on disk); made once a service.
    Source : botocore/data/<service>/<newest>/service-2.json.gz
    """

    def __init__(self, service_name: str):
        self.service_name = service_name
        self.model = ServiceModel(Loader().load_service_model(service_name, 'service-2'), service_name)
        self.metadata: dict[str, Any] = self.model.metadata
        self.protocol: str = self.metadata['protocol']
        self.operations: dict[str, OperationModel] = {
            name: self.model.operation_model(name) for name in self.model.operation_names
        }

    def error_shape(self, code: str) -> Optional[Shape]:
        """The shape of a modelled error, or None when the model doesn't have it."""
        try:
            shape = self.model.shape_for(code)
        except NoShapeFoundError:
            return None
        return shape if shape.metadata.get('exception') else None
