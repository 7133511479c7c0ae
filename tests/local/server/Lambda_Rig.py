import functools
import io
import json
import textwrap
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Lambda_Engine import Lambda_Engine
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.runtime.Invocation_Result import Invocation_Result
from osbot_lambda.runtime.Invoker import Invoker
from tests.local.server.protocol.In_Process_Client import ACCOUNT, in_process_client
from tests.wait_until import wait_until

REGION = 'eu-west-1'
ROLE = f'arn:aws:iam::{ACCOUNT}:role/lambda-role'
ECHO = 'def handler(event, context): return event'
# appends a line for each call to the file that the function's variable SEEN names, and gives that file's lines
SEEN = textwrap.dedent("""
    import json, os
    def seen(value):
        with open(os.environ['SEEN'], 'a') as file:
            file.write(json.dumps(value) + '\\n')
        with open(os.environ['SEEN']) as file:
            return [json.loads(line) for line in file]
""")


def zip_of(files: dict[str, str | bytes] | str) -> bytes:
    """A zip with these files; a text alone is app.py."""
    files = {'app.py': textwrap.dedent(files)} if isinstance(files, str) else files
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def error_of(call, **params) -> tuple[str, str, int]:
    """Code, message and HTTP status of the error that the call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    answer = caught.value.response
    return answer['Error']['Code'], answer['Error']['Message'], answer['ResponseMetadata']['HTTPStatusCode']


def body(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what boto3 adds."""
    return {key: value for key, value in answer.items() if key != 'ResponseMetadata'}


class Current:
    """Stands for the engine of the test that is running: making a client takes longer than most tests."""

    def __init__(self, engine_class):
        self.engine_class, self.engine = engine_class, None

    def __getattr__(self, name):
        if not hasattr(self.engine_class, name):
            raise AttributeError(name)
        return lambda *args: getattr(self.engine, name)(*args)


@functools.cache
def shared_client(service: str, engine_class: type) -> tuple[Any, Current]:
    """A client of that service, and what says which engine it talks to."""
    current = Current(engine_class)
    return in_process_client(service, current), current


class No_Logs:
    def write(self, account_id, region, group, stream, events):
        pass


class Logs:
    """Keeps what the engine itself logs: [(group, stream, message)]."""

    def __init__(self):
        self.lines = []

    def write(self, account_id, region, group, stream, events):
        self.lines += [(group, stream, message) for _, message in events]


class Fake_Services:
    """SNS, EventBridge and S3 as far as the Lambda engine sends to them: keeps what came, or raises `error`."""

    def __init__(self):
        self.topics, self.events, self.objects, self.error = [], [], [], None

    def sns_publish(self, topic_arn, message, attributes):
        self._keep(self.topics, (topic_arn, message, attributes))

    def put_event(self, bus_arn, source, detail_type, resources, detail):
        self._keep(self.events, (bus_arn, source, detail_type, resources, detail))

    def s3_put_object(self, account_id, region, bucket, key, body):
        self._keep(self.objects, (account_id, region, bucket, key, body))

    def _keep(self, where, what):
        if self.error:
            raise self.error
        where.append(what)


class Fake_Invoker:
    """Runs a Python function in this process instead of a worker: where a test has to force what happens."""

    RUNTIME = Invoker.RUNTIME

    def __init__(self, function):
        self.function = function
        self.calls = []
        self.retired = []
        self._lock = threading.Lock()

    def invoke(self, spec, invocation):
        with self._lock:
            self.calls.append((spec, invocation))
        value = self.function(json.loads(invocation.payload))
        failed = isinstance(value, Exception)
        payload = json.dumps(
            {'errorMessage': str(value), 'errorType': type(value).__name__} if failed else value
        ).encode()
        return Invocation_Result(
            request_id=invocation.request_id,
            payload=payload,
            function_error='Unhandled' if failed else None,
            executed_version=spec.version,
            log=b'START\nEND\n',
            duration_ms=1.0,
            billed_ms=1,
            init_ms=None,
            max_memory_mb=1,
            error_type=type(value).__name__ if failed else None,
            log_stream='stream',
            cold=False,
        )

    def retire(self, arn, keep_revision=None):
        self.retired.append((arn, keep_revision))

    def stop(self):
        pass


class Lambda_Rig:
    """The Lambda and SQS engines behind real boto3 clients, in one process; real workers unless told otherwise."""

    def __init__(self, folder: Path, invoker: Any = None, **settings):
        self.folder = folder
        self.objects: dict[tuple[str, str], bytes] = {}
        self.roles: dict[str, bool] = {}
        self.sqs_engine = Sqs_Engine()
        self.services, self.logs = Fake_Services(), Logs()
        # folders: what handlers say with seen(…) is written to the folder of the test
        self.invoker = invoker or Invoker(folder / 'runtime', No_Logs(), isolation='folders')
        self.engine = Lambda_Engine(
            self.invoker,
            self.sqs_engine,
            self.s3_get,
            lambda account_id, role_arn: self.roles.get(role_arn),
            self.services,
            self.logs,
            folder / 'lambda',
            **settings,
        )
        self.client, lambda_current = shared_client('lambda', Lambda_Engine)
        self.sqs, sqs_current = shared_client('sqs', Sqs_Engine)
        lambda_current.engine, sqs_current.engine = self.engine, self.sqs_engine

    def s3_get(self, account_id, region, bucket, key, version):
        try:
            return self.objects[bucket, key]
        except KeyError:
            raise Api__Error(
                'InvalidParameterValueException',
                'Error occurred while GetObject. S3 Error Code: NoSuchKey. '
                'S3 Error Message: The specified key does not exist.',
            ) from None

    def stop(self) -> None:
        self.engine.stop()
        self.sqs_engine.stop()

    def create(self, name='fn', code=ECHO, **changes) -> dict[str, Any]:
        """CreateFunction with what it needs at least."""
        params = {
            'FunctionName': name,
            'Runtime': Invoker.RUNTIME,
            'Handler': 'app.handler',
            'Role': ROLE,
            'Code': {'ZipFile': zip_of(code)},
            **changes,
        }
        return self.client.create_function(**{key: value for key, value in params.items() if value is not None})

    def value(self, name='fn', event=None, **params) -> Any:
        """Invoke; what the handler returned."""
        answer = self.client.invoke(FunctionName=name, Payload=json.dumps(event).encode(), **params)
        payload = json.loads(answer['Payload'].read())
        assert 'FunctionError' not in answer, payload
        return payload

    def publish_layer(self, name='lib', files='VALUE = 1', **params) -> dict[str, Any]:
        """PublishLayerVersion; a text alone is the module lib.py."""
        files = {'python/lib.py': files} if isinstance(files, str) else files
        return self.client.publish_layer_version(LayerName=name, Content={'ZipFile': zip_of(files)}, **params)

    def publish_versions(self, count=2, name='fn') -> None:
        """Versions 1, 2, …, whose handlers return their own number."""
        for number in range(1, count + 1):
            code = zip_of(f'def handler(event, context): return {number}')
            self.client.update_function_code(FunctionName=name, ZipFile=code, Publish=True)

    def queue(self, name='orders', **attributes) -> tuple[str, str]:
        """A new queue's URL and ARN."""
        url = self.sqs.create_queue(QueueName=name, Attributes=attributes)['QueueUrl']
        return url, f'arn:aws:sqs:{REGION}:{ACCOUNT}:{name}'

    def counts(self, url) -> tuple[int, int]:
        """How many messages of a queue are visible, and how many are in flight."""
        names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']
        attributes = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)['Attributes']
        return int(attributes[names[0]]), int(attributes[names[1]])

    def wait_until_empty(self, url) -> None:
        wait_until(lambda: self.counts(url) == (0, 0))

    @property
    def seen_file(self) -> Path:
        return self.folder / 'seen'

    def seen(self) -> list[Any]:
        """What the handlers have said with seen(…)."""
        if not self.seen_file.exists():
            return []
        return [json.loads(line) for line in self.seen_file.read_text().splitlines()]

    def create_seeing(self, name='fn', code='', **changes) -> dict[str, Any]:
        """CreateFunction of code that can call seen(…)."""
        environment = {'Variables': {'SEEN': str(self.seen_file)}}
        return self.create(name, SEEN + textwrap.dedent(code), Environment=environment, **changes)

    def threads(self) -> list[str]:
        """The engine's threads that are there."""
        return [thread.name for thread in threading.enumerate() if thread.name.startswith('osbot-lambda-')]
