import copy
import importlib
import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Optional
from urllib.parse import unquote_to_bytes

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Accounts import Accounts
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Aws_Host import Aws_Host
from osbot_lambda.local.server.Error_Response import Error_Response
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from osbot_lambda.local.server.Moto_Events import Moto_Events
from osbot_lambda.local.server.Moto_Lambda import Moto_Lambda
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine

log = logging.getLogger('osbot_lambda.local')


class Moto_Adapter:
    """Every service that isn't ours, answered by moto in this process: the one place that imports moto.

    moto is imported by the first request that needs it. Requests go straight to its backends' functions, past Flask
    and past its patching of botocore; the look-ups on the way are kept.

    Source : moto.core.botocore_stubber.BotocoreStubber.process_request (5.2).
    """

    def __init__(self) -> None:
        self._moto: Optional[SimpleNamespace] = None
        self._loading = threading.Lock()
        self._locks: dict[str, Any] = {}
        self._routes: dict[str, list[tuple[str, re.Pattern[str], Callable[..., Any]]]] = {}
        self._policies: dict[str, list[Any]] = {}
        self._engines: Optional[tuple[Async_Invokes, Sqs_Engine]] = None

    def connect(self, events: Async_Invokes, sqs: Sqs_Engine) -> None:
        """The engines that moto's other services reach instead of its own; to be said before the first request."""
        self._engines = events, sqs

    # ---- requests

    def handle(self, service: str, request: Http_Request, context: Api_Context, signed: bool = True) -> Http_Response:
        """Answer a request to a service, given by its signing name."""
        moto = self._load()
        target = request.headers.get('x-amz-target', '')
        host = Aws_Host.of(service, context.region, request.path, target)
        if service == 's3' and request.path.startswith('/v20180820/'):
            host = f'{context.account_id}.s3-control.{context.region}.amazonaws.com'
        account_id = context.account_id
        if service == 's3' and not signed:
            account_id = self._bucket_account(request.path) or account_id
        try:
            module, function = self._route(host, request.path)
        except Api__Error as error:
            return self._error(request, service, error.code, error.message, context)
        if function is None:
            message = f'the local cloud has no service {service!r} with {request.method} {request.path}'
            return self._error(request, service, 'NotImplementedException', message, context)
        raw = module == 's3' and request.method != 'POST'
        moto_request = (moto.Raw_Request if raw else moto.Request)(self._environ(request, host, account_id))
        traced = Moto_Lambda.trace_id.set(context.trace_id)
        try:
            with self._lock(module):
                if module == 'iam':
                    self._load_policies(account_id, context.region)
                answer = function(moto_request, moto_request.raw_url, moto_request.headers)
        except moto.HTTPException as error:
            answer = error.code or 500, dict(error.get_headers()), error.get_body()
        except moto.ClientError as error:
            failed = error.response['Error']
            return Error_Response.of(request, service, failed['Code'], failed['Message'], 400, context.request_id)
        except NotImplementedError as error:
            message = f'the local cloud (moto) does not do this in {service}: {error}'
            return self._error(request, service, 'NotImplementedException', message, context)
        finally:
            Moto_Lambda.trace_id.reset(traced)
        return self._response(answer)

    # ---- entries for the cloud itself

    def put_log_events(
        self, account_id: str, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]
    ) -> None:
        """Add (epoch ms, message) events to a log stream, which is made when missing, and its group too."""
        moto = self._load()
        with self._lock('logs'):
            backend = moto.logs_backends[account_id][region]
            if group not in backend.groups:
                backend.create_log_group(group, {})
            log_group = backend.groups[group]
            if stream not in log_group.streams:
                log_group.create_log_stream(stream)
            log_group.streams[stream].put_log_events([{'timestamp': at, 'message': text} for at, text in events])

    def s3_get_object(
        self, account_id: str, region: str, bucket: str, key: str, version: Optional[str] = None
    ) -> bytes:
        """The object's bytes. Raises Api__Error as Lambda words it when the code of a function isn't there."""
        moto = self._load()
        with self._lock('s3'):
            try:
                found = moto.s3_backends[account_id]['aws'].get_object(bucket, key, version)
            except moto.S3ClientError as error:
                raise _no_code(error.code, str(error.message)) from None
            if found is None:
                code = 'NoSuchVersion' if version else 'NoSuchKey'
                what = 'version' if version else 'key'
                raise _no_code(code, f'The specified {what} does not exist.')
            return bytes(found.value)

    def s3_put_object(self, account_id: str, region: str, bucket: str, key: str, body: bytes) -> None:
        """Store an object. Raises Api__Error with S3's code."""
        with self._as_api_errors('s3') as moto:
            moto.s3_backends[account_id]['aws'].put_object(bucket, key, body)

    def sns_publish(self, topic_arn: str, message: str, attributes: Mapping[str, Mapping[str, str]]) -> None:
        """Publish a message; attributes as SQS has them, of text alone. Raises Api__Error with SNS's code."""
        told = {name: {'Type': each['DataType'], 'Value': each['StringValue']} for name, each in attributes.items()}
        region, account_id = topic_arn.split(':')[3:5]
        with self._as_api_errors('sns') as moto:
            moto.sns_backends[account_id][region].publish(message, topic_arn, message_attributes=told)

    def put_event(
        self, bus_arn: str, source: str, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any]
    ) -> None:
        """Put an event on an EventBridge bus. Raises Api__Error with EventBridge's code."""
        region, account_id = bus_arn.split(':')[3:5]
        event = {
            'EventBusName': bus_arn,
            'Source': source,
            'DetailType': detail_type,
            'Resources': list(resources),
            'Detail': json.dumps(detail),
        }
        with self._as_api_errors('events') as moto:
            moto.events_backends[account_id][region].put_events([event])

    def hears_logs(self, account_id: str, region: str, group: str) -> bool:
        """Whether a subscription filter waits for what comes into this log group; doesn't load moto for it."""
        if self._moto is None:
            return False
        backend = self._existing(self._moto.logs_backends, account_id, region)
        found = backend.groups.get(group) if backend is not None else None
        return bool(found and found.subscription_filters)

    def role_exists(self, account_id: str, role_arn: str) -> Optional[bool]:
        """Whether the role is there; None when no role was ever made in its account, so that nothing can be said."""
        if self._moto is None:
            return None
        owner = role_arn.split(':')[4] if role_arn.count(':') >= 5 else account_id
        with self._lock('iam'):
            backend = self._existing(self._moto.iam_backends, owner, 'aws')
            if backend is None or not backend.roles:
                return None
            return any(role.arn == role_arn for role in backend.roles.values())

    def access_key_account(self, access_key: str) -> Optional[str]:
        """The account whose IAM or STS made this access key, or None; doesn't load moto for it."""
        if self._moto is None:
            return None
        for account_id, regions in list(dict.items(self._moto.iam_backends)):
            for backend in list(dict.values(regions)):
                if access_key in backend.access_keys:
                    return str(account_id)
        return None

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget everything of one account, or of all."""
        moto = self._moto
        if moto is None:
            return
        with moto.backend_lock:
            for backends in list(moto.BackendDict._instances):
                for account in [account_id] if account_id else list(dict.keys(backends)):
                    dict.pop(backends, account, None)

    # ---- moto's insides

    @contextmanager
    def _as_api_errors(self, module: str) -> Iterator[SimpleNamespace]:
        """moto, with the service locked; its errors come out as ours."""
        moto = self._load()
        with self._lock(module):
            try:
                yield moto
            except moto.ServiceException as error:
                raise Api__Error(error.code, error.message) from None
            except moto.HTTPException as error:
                code = getattr(error, 'error_type', None) or getattr(error, 'code', 'InternalFailure')
                raise Api__Error(str(code), str(getattr(error, 'message', error))) from None

    def _lock(self, module: str) -> Any:
        """moto's backends have no locks: one for each service is enough, and none waits for another service."""
        return self._locks.get(module) or self._locks.setdefault(module, threading.RLock())

    def _load(self) -> SimpleNamespace:
        if self._moto is not None:
            return self._moto
        with self._loading:
            if self._moto is None:
                moto = self._import()
                self._adjust(moto)
                if self._engines:
                    Moto_Events(moto, *self._engines, self.sns_publish).install()
                self._moto = moto
            return self._moto

    def _import(self) -> SimpleNamespace:
        os.environ['MOTO_ALLOW_NONEXISTENT_REGION'] = 'true'  # a made-up region works as any other
        load = importlib.import_module
        load('moto.core.botocore_stubber')  # first: moto's modules import each other in circles
        request = load('moto.core.request').Request
        return SimpleNamespace(
            BackendDict=load('moto.core.base_backend').BackendDict,
            BaseModel=load('moto.core.common_models').BaseModel,
            BucketAlreadyExists=load('moto.s3.exceptions').BucketAlreadyExists,
            ClientError=load('botocore.exceptions').ClientError,
            DEFAULT_ACCOUNT_ID=load('moto.core').DEFAULT_ACCOUNT_ID,
            EventMessageFilter=load('moto.logs.utils').EventMessageFilter,
            HTTPException=load('werkzeug.exceptions').HTTPException,
            LogStream=load('moto.logs.models').LogStream,
            PRESERVED=load('moto.core.request').PRESERVED_HEADER_NAMES_ENVIRON_KEY,
            QueueDoesNotExist=load('moto.sqs.exceptions').QueueDoesNotExist,
            Request=request,
            # An object's bytes aren't a form, though many clients call them so (urllib, curl -d).
            Raw_Request=type('Raw_Request', (request,), {'want_form_data_parsed': False}),
            Rule=load('moto.events.models').Rule,
            S3Backend=load('moto.s3.models').S3Backend,
            S3ClientError=load('moto.s3.exceptions').S3ClientError,
            ServiceException=load('moto.core.exceptions').ServiceException,
            Subscription=load('moto.sns.models').Subscription,
            aws_policy=load('moto.iam.models').AWSManagedPolicy,
            aws_policies_json=load('moto.iam.aws_managed_policies').aws_managed_policies_data,
            backend_lock=load('moto.core.base_backend').backend_lock,
            events_backends=load('moto.events.models').events_backends,
            get_backend=load('moto.backends').get_backend,
            get_partition=load('moto.utilities.utils').get_partition,
            iam_backends=load('moto.iam.models').iam_backends,
            lambda_backends=load('moto.awslambda.models').lambda_backends,
            logs_backends=load('moto.logs.models').logs_backends,
            patterns=load('moto.backend_index').backend_url_patterns,
            s3_backends=load('moto.s3.models').s3_backends,
            s3_notifications=load('moto.s3.notifications'),
            sns_backends=load('moto.sns.models').sns_backends,
            sqs_backends=load('moto.sqs.models').sqs_backends,
        )

    def _adjust(self, moto: SimpleNamespace) -> None:
        """Two habits of moto don't fit a cloud whose accounts are apart and that lives for long."""

        def create_bucket(backend: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
            if bucket_name in backend.buckets:
                raise moto.BucketAlreadyExists(bucket=bucket_name)
            return make(backend, bucket_name, *args, **kwargs)

        # Bucket names are the account's own here, not the world's: two accounts may both have a 'results-bucket'.
        make = moto.S3Backend.create_bucket
        moto.S3Backend.create_bucket = create_bucket
        moto.s3_backends.bucket_accounts = type('No_Owners', (dict,), {'__setitem__': lambda *_: None})()
        # moto keeps every object that it ever made, for its dashboard.
        moto.BaseModel.__new__ = staticmethod(lambda cls, *args, **kwargs: object.__new__(cls))

    def _route(self, host: str, path: str) -> tuple[str, Optional[Callable[..., Any]]]:
        """The module and function of moto that answer this; (…, None) when there is none. Raises Api__Error."""
        routes = self._routes.get(host)
        if routes is None:
            routes = self._routes[host] = self._routes_of(host)
        url = f'https://{host}{path}'
        return next(((module, function) for module, pattern, function in routes if pattern.match(url)), ('', None))

    def _routes_of(self, host: str) -> list[tuple[str, re.Pattern[str], Callable[..., Any]]]:
        moto = self._load()
        modules = [name for name, pattern in moto.patterns if pattern.match(f'https://{host}/')]
        routes = []
        with self._loading:
            for module in dict.fromkeys(modules):
                backends = self._backends(module)
                if isinstance(backends, moto.BackendDict):
                    account = backends[moto.DEFAULT_ACCOUNT_ID]
                    backend = account['us-east-1' if 'us-east-1' in account else 'aws']
                else:
                    backend = backends['global']
                routes += [(module, re.compile(url), function) for url, function in backend.urls.items()]
        return routes

    def _backends(self, module: str) -> Any:
        try:
            return self._load().get_backend(module)
        except ImportError as error:
            text = (
                f'the local cloud needs the Python module {error.name!r} for this service, and it is not installed '
                f"where the cloud runs: pip install 'moto[{module}]'"
            )
            raise Api__Error('NotImplementedException', text, 501) from None

    def _environ(self, request: Http_Request, host: str, account_id: str) -> dict[str, Any]:
        """The WSGI form of the request, as if it had come to AWS's own host."""
        uri = f'{request.path}?{request.query}' if request.query else request.path
        environ: dict[str, Any] = {
            'REQUEST_METHOD': request.method,
            'SCRIPT_NAME': '',
            'PATH_INFO': unquote_to_bytes(request.path).decode('latin-1'),
            'QUERY_STRING': request.query,
            'RAW_URI': uri,
            'REQUEST_URI': uri,
            'SERVER_NAME': host,
            'SERVER_PORT': '443',
            'SERVER_PROTOCOL': 'HTTP/1.1',
            'wsgi.version': (1, 0),
            'wsgi.url_scheme': 'https',
            'wsgi.input': BytesIO(request.body),
            'wsgi.input_terminated': True,
            'wsgi.errors': None,
            'wsgi.multithread': True,
            'wsgi.multiprocess': False,
            'wsgi.run_once': False,
        }
        exact = {}
        for name, value in request.headers.items():
            key = name.upper().replace('-', '_')
            if '_' in name:
                if not name.startswith('x-amz-meta-'):
                    continue  # WSGI would take it for the same name with dashes
                exact[f'HTTP_{key}'] = name
            environ[key if key in ('CONTENT_TYPE', 'CONTENT_LENGTH') else f'HTTP_{key}'] = value
        environ['CONTENT_LENGTH'] = str(len(request.body))
        environ['HTTP_HOST'] = host
        environ['HTTP_X_MOTO_ACCOUNT_ID'] = account_id
        environ[self._load().PRESERVED] = exact
        return environ

    def _response(self, answer: Any) -> Http_Response:
        status, headers, body = answer if isinstance(answer, tuple) and len(answer) == 3 else (200, {}, answer)
        pairs = []
        for name, value in dict(headers).items():
            if name.lower() == 'status' or value is None:
                continue
            pairs += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
        if body is None:
            body = b''
        elif isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            body = bytes(body) if isinstance(body, bytearray) else body.read()
        return Http_Response(int(status), tuple(pairs), body)

    def _error(
        self, request: Http_Request, service: str, code: str, message: str, context: Api_Context
    ) -> Http_Response:
        return Error_Response.of(request, service, code, message, 501, context.request_id)

    def _bucket_account(self, path: str) -> Optional[str]:
        """For a request that says not who asks: the account with this bucket, when there is just one."""
        moto = self._load()
        bucket = path.split('/')[1]
        owners = []
        with self._lock('s3'):
            for account_id in list(dict.keys(moto.s3_backends)):
                backend = self._existing(moto.s3_backends, account_id, 'aws')
                if backend is not None and bucket in backend.buckets:
                    owners.append(account_id)
        return owners[0] if len(owners) == 1 else None

    def _existing(self, backends: Any, account_id: str, region: str) -> Any:
        """A backend that is there already; moto's own look-up makes it, and its account, when it isn't."""
        regions = dict.get(backends, account_id)
        return None if regions is None else dict.get(regions, region)

    def _load_policies(self, account_id: str, region: str) -> None:
        """Give the account AWS's managed policies, at its first IAM call: moto would parse all 1,600 for each."""
        moto = self._load()
        partition = moto.get_partition(region)
        backend = moto.iam_backends[account_id][partition]
        if backend.aws_managed_policies:
            return
        if partition not in self._policies:
            self._policies[partition] = [
                moto.aws_policy.from_data(name, Accounts.DEFAULT, region, data)
                for name, data in json.loads(moto.aws_policies_json).items()
            ]
        backend.aws_managed_policies = [copy.copy(policy) for policy in self._policies[partition]]
        for policy in backend.aws_managed_policies:
            backend.managed_policies.setdefault(policy.arn, policy)


def _no_code(code: str, message: str) -> Api__Error:
    text = f'Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}'
    return Api__Error('InvalidParameterValueException', text)
