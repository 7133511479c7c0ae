import json
from collections.abc import Iterator, Mapping
from typing import Any, Optional, Union

from osbot_lambda.aws.Aws__Call_Errors import Aws__Call_Errors
from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs
from osbot_lambda.errors import Aws__Invalid
from osbot_lambda.schemas.Schema__Base import Schema__Base

Any_Session = Union[AWS_Session, Session__Kwargs, Mapping[str, Any], None]

IDENTITY = ('name', 'layer_name', 'role_name', 'policy_name', 'queue_name', 'group_name', 'package_name')


class Aws__Resource(Schema__Base):
    """The base of everything on a cloud: its session, and calls with our errors.

    Shapes : session_kwargs is a dict, a Session__Kwargs, or the AWS_Session that several resources share.
    Errors : every Aws__Error, with service, operation, resource, code, status and request_id.
    """

    service_name: str = ''

    def __init__(
        self,
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        **kwargs: Any,
    ):
        self.__dict__['__session__'] = AWS_Session.of(session_kwargs, target)  # no attribute: json() shows no secrets
        super().__init__(**kwargs)

    def __repr__(self) -> str:
        named = [repr(value) for name in IDENTITY if (value := self.__dict__.get(name))]
        return f'{type(self).__name__}({", ".join([*named[:1], f"target={self.session.target!r}"])})'

    @property
    def session(self) -> AWS_Session:
        """The session, to be given to other resources on the same cloud."""
        session: AWS_Session = self.__dict__['__session__']
        return session

    def client(self) -> Any:
        """The boto3 client of this resource's service."""
        with Aws__Call_Errors(self.service_name, 'client'):
            return self.session.client(self.service_name)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """One call ('create_function'), without the parameters that are None, without ResponseMetadata."""
        response = self.call_with_metadata(operation, **parameters)
        response.pop('ResponseMetadata', None)
        return response

    def call_with_metadata(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """As call(), and the answer keeps its ResponseMetadata (RequestId, HTTPStatusCode)."""
        deadline = Deadline.current()
        if deadline is None:
            return self._call_once(operation, _given(parameters))
        return deadline.call(lambda: self._call_once(operation, _given(parameters)))

    def paginate(self, operation: str, result_key: str, **parameters: Any) -> list[Any]:
        """All the items under `result_key`, of all pages."""
        return list(self.iterate(operation, result_key, **parameters))

    def iterate(self, operation: str, result_key: str, **parameters: Any) -> Iterator[Any]:
        """The items under `result_key`, page by page as they are asked for."""
        deadline = Deadline.current()
        if deadline is None:
            return self._items(operation, result_key, _given(parameters))
        # all at once: botocore's pages end at a refused one, and can't be asked for again
        return iter(deadline.call(lambda: list(self._items(operation, result_key, _given(parameters)))))

    def to_json(self, data: Any, operation: str, resource: str) -> str:
        """data as JSON text for a call; raises Aws__Invalid for what JSON can't say."""
        try:
            return json.dumps(data, allow_nan=False)
        except (TypeError, ValueError) as error:
            about = f'this is not JSON: {error}'
            raise Aws__Invalid(about, service=self.service_name, operation=operation, resource=resource) from error

    def _call_once(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        client = self.client()
        with self._errors(client, operation, given):
            response: dict[str, Any] = getattr(client, operation)(**given)
            return response

    def _items(self, operation: str, result_key: str, given: dict[str, Any]) -> Iterator[Any]:
        client = self.client()
        with self._errors(client, operation, given):
            for page in client.get_paginator(operation).paginate(**given):
                yield from page.get(result_key) or []

    def _errors(self, client: Any, operation: str, parameters: dict[str, Any]) -> Aws__Call_Errors:
        api_name = client.meta.method_to_api_mapping.get(operation, operation)
        return Aws__Call_Errors(self.service_name, api_name, parameters, self.session)


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
