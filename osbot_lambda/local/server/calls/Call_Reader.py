import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.loaders import Loader

from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.protocol.Api_Route import Api_Route
from osbot_lambda.local.server.protocol.Service_Model import Service_Model

CBOR = re.compile(r'/service/[^/]+/operation/(\w+)')
XML_KEY = re.compile(r'<Key>([^<]*)</Key>')
OTHER_MODELS = {'elasticfilesystem': ['efs'], 'geo': ['location'], 'mobiletargeting': ['pinpoint'], 'ses': ['sesv2']}


class Call_Reader:
    """Which operation a request is, and with which parameters, as far as they name a resource.

    Shapes : of a REST service the parameters are those in the path and the query; of S3 'Bucket', 'Key', 'VersionId',
             'CopySource', 'Keys', 'Tagging' and 'Acl'; of the others all of them, of a query API flat. The operation
             is '' where it can't be told.
    Costs  : some microseconds; for the first request to a REST service its model is loaded (40 ms).
    Source : botocore's service models.
    """

    def __init__(self) -> None:
        self._routes: dict[str, list[tuple[str, Api_Route]]] = {}
        self._s3: dict[tuple[str, bool, str], str] = {}

    def read(self, service: str, request: Http_Request) -> tuple[str, dict[str, Any]]:
        """(operation, parameters); service is a signing name."""
        target = request.headers.get('x-amz-target')
        if target:
            return target.rpartition('.')[2], self._json(request.body)
        if service == 's3':
            return self._read_s3(request)
        if cbor := CBOR.fullmatch(request.path):
            return cbor[1], {}
        if request.headers.get('content-type', '').startswith('application/x-www-form-urlencoded'):
            return self._of_query(request.body.decode('utf-8', 'replace'))
        if 'Action=' in request.query:
            return self._of_query(request.query)
        return self._read_rest(service, request)

    @staticmethod
    def _json(body: bytes) -> dict[str, Any]:
        try:
            found = json.loads(body or b'{}')
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @staticmethod
    def _of_query(text: str) -> tuple[str, dict[str, Any]]:
        params = dict(parse_qsl(text, keep_blank_values=True))
        return params.pop('Action', ''), params

    def _read_s3(self, request: Http_Request) -> tuple[str, dict[str, Any]]:
        bucket, _, key = request.path.removeprefix('/').partition('/')
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        params: dict[str, Any] = {'Bucket': unquote(bucket)} if bucket else {}
        if key:
            params['Key'] = unquote(key)
        if 'versionId' in query:
            params['VersionId'] = query['versionId']
        if source := request.headers.get('x-amz-copy-source'):
            params['CopySource'] = unquote(source).removeprefix('/').partition('?versionId=')[0]
        params |= {name: True for name in ('Tagging', 'Acl') if f'x-amz-{name.lower()}' in request.headers}
        operation = self._s3_operation(request.method, bucket, key, query, 'CopySource' in params)
        if operation == 'DeleteObjects':
            from html import unescape

            params['Keys'] = [unescape(found) for found in XML_KEY.findall(request.body.decode('utf-8', 'replace'))]
        return operation, params

    def _s3_operation(self, method: str, bucket: str, key: str, query: dict[str, str], copies: bool) -> str:
        if not bucket:
            return 'ListBuckets'
        if key and 'uploadId' in query:
            part = 'UploadPartCopy' if copies else 'UploadPart'
            of_upload = {'PUT': part, 'GET': 'ListParts', 'DELETE': 'AbortMultipartUpload'}
            return of_upload.get(method, 'CompleteMultipartUpload')
        routes = self._s3 or self._load_s3()
        named = (found for name in query if (found := routes.get((method, bool(key), name))))
        plain = {'GET': 'GetObject', 'HEAD': 'HeadObject', 'PUT': 'PutObject', 'DELETE': 'DeleteObject'}
        if key:
            return next(named, 'CopyObject' if copies and method == 'PUT' else plain.get(method, ''))
        return next(named, routes.get((method, False, ''), 'PostObject' if method == 'POST' else ''))

    def _load_s3(self) -> dict[tuple[str, bool, str], str]:
        found: dict[tuple[str, bool, str], str] = {}
        for name, operation in Service_Model('s3').operations.items():
            path, _, query = operation.http['requestUri'].partition('?')
            condition = re.split('[&=]', query)[0]
            if '{Bucket}' in path:
                found.setdefault((operation.http['method'], '{Key' in path, condition), name)
        self._s3 = found
        return found

    def _read_rest(self, service: str, request: Http_Request) -> tuple[str, dict[str, Any]]:
        segments = Api_Route.split(request.path)
        routes = self._routes.get(service)
        for method, route in self._load_routes(service) if routes is None else routes:
            if method == request.method and (labels := route.match(segments, request.query)) is not None:
                return route.operation_name, {**dict(parse_qsl(request.query)), **labels}
        return '', {}

    def _load_routes(self, service: str) -> list[tuple[str, Api_Route]]:
        """Of all the models that sign with this name, as well as names go: 'apigateway' and 'apigatewayv2'."""
        known = Loader().list_available_services('service-2')
        names = OTHER_MODELS.get(service, []) + [name for name in known if name.startswith(service)]
        routes: list[tuple[str, Api_Route]] = []
        for name in names:
            model = Service_Model(name)
            if (model.metadata.get('signingName') or model.metadata['endpointPrefix']) == service:
                routes += [
                    (operation.http['method'], Api_Route(each, operation.http['requestUri']))
                    for each, operation in model.operations.items()
                    if model.protocol.startswith('rest')
                ]
        routes.sort(key=lambda found: (-len(found[1].conditions), -found[1].fixed_count))
        self._routes[service] = routes
        return routes
