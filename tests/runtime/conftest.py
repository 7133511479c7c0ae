"""What the tests of the data plane share: a lab with an Invoker, and a gate that handlers wait at."""

import dataclasses
import hashlib
import json
import os
import select
import socket
import textwrap
import threading
import uuid
from collections import defaultdict
from concurrent.futures import Future
from pathlib import Path

import pytest

from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Invoker import Invoker

WAIT_SECONDS = 20  # only a failing test takes that long


class Recorder:
    """A log sink that keeps everything: messages by stream."""

    def __init__(self):
        self.messages = defaultdict(list)
        self.times = defaultdict(list)
        self.targets = set()
        self.writes = 0

    def write(self, account_id, region, group, stream, events):
        self.writes += 1
        self.targets.add((account_id, region, group))
        self.messages[stream] += [message for _, message in events]
        self.times[stream] += [time for time, _ in events]


class Gate:
    """Handlers come to it (with pass_gate), say something, and wait until they are let through."""

    CODE = textwrap.dedent("""
        import json, socket
        def pass_gate(port, **said):
            with socket.create_connection(('127.0.0.1', port)) as gate:
                gate.sendall(json.dumps(said).encode() + b'\\n')
                gate.recv(1)
    """)

    def __init__(self):
        self._listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self._listener.settimeout(WAIT_SECONDS)
        self.port = self._listener.getsockname()[1]
        self._waiting = []

    def arrival(self):
        """Waits until one more has come; what it says."""
        connection, _ = self._listener.accept()
        connection.settimeout(WAIT_SECONDS)
        self._waiting.append(connection)
        with connection.makefile() as lines:
            return json.loads(lines.readline())

    def open(self):
        """Let through all that have come."""
        while self._waiting:
            with self._waiting.pop() as connection:
                connection.sendall(b'.')

    def close(self):
        for connection in self._waiting:
            connection.close()
        self._listener.close()


class Lab:
    """An Invoker in a folder, with functions made of source text; they see this machine's process ids and paths."""

    def __init__(self, folder, **settings):
        settings = {'isolation': 'folders', **settings}
        self.folder = folder
        self.work_dir = folder / 'work'
        self.sink = Recorder()
        self.invoker = Invoker(self.work_dir, self.sink, **settings)

    def spec(self, code, handler='app.handler', files=None, **changes):
        """A function whose app.py is code; files are more of its files."""
        files = {'app.py': textwrap.dedent(code), **(files or {})}
        digest = hashlib.sha256(repr((files, handler, changes)).encode()).hexdigest()[:16]
        code_dir = self.folder / 'code' / digest
        for name, text in files.items():
            path = code_dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        name = f'fn-{digest}'
        spec = Function_Spec(
            arn=f'arn:aws:lambda:eu-west-1:111122223333:function:{name}',
            name=name,
            version='$LATEST',
            handler=handler,
            runtime=Invoker.RUNTIME,
            code_dir=code_dir,
            revision='r1',
            memory_size=256,
            timeout=60.0,
            account_id='111122223333',
            region='eu-west-1',
            environment={},
            credentials={'AWS_ACCESS_KEY_ID': '111122223333', 'AWS_SECRET_ACCESS_KEY': 's', 'AWS_SESSION_TOKEN': 't'},
            endpoint_url='http://127.0.0.1:9',
            log_group=f'/aws/lambda/{name}',
        )
        return dataclasses.replace(spec, **changes)

    def run(self, spec, event=None, **more):
        """Invoke it."""
        payload = more.pop('payload', json.dumps(event).encode())
        invocation = Invocation(more.pop('request_id', str(uuid.uuid4())), payload, spec.arn, **more)
        return self.invoker.invoke(spec, invocation)

    def value(self, spec, event=None, **more):
        """Invoke it; what the handler returned."""
        result = self.run(spec, event, **more)
        assert result.function_error is None, result
        return json.loads(result.payload)

    def start(self, spec, event=None):
        """Invoke it in a thread; a Future."""
        future = Future()

        def run():
            try:
                future.set_result(self.run(spec, event))
            except BaseException as error:  # noqa: BLE001  the test gets it from the future
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future

    def messages(self, result):
        """The log events of the stream of that result."""
        return self.sink.messages[result.log_stream]


def wait_for_end(pid):
    """Wait until the process has ended."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended = select.select([fd], [], [], WAIT_SECONDS)[0]
    finally:
        os.close(fd)
    assert ended, f'process {pid} is still there'


def wait_until(condition):
    """Wait until condition() is true."""
    tick = threading.Event()
    for _ in range(WAIT_SECONDS * 1000):
        if condition():
            return
        tick.wait(0.001)
    raise AssertionError('it did not come to that')


@pytest.fixture(scope='session', name='Lab')
def lab_class():
    return Lab


@pytest.fixture(scope='class')
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp('lab').resolve())
    yield lab
    lab.invoker.stop()
    assert list(lab.work_dir.glob('**/*')) == []


@pytest.fixture
def make_lab(tmp_path):
    labs = []

    def make(**settings):
        labs.append(Lab(Path(tmp_path).resolve() / str(len(labs)), **settings))
        return labs[-1]

    yield make
    for lab in labs:
        lab.invoker.stop()
        assert list(lab.work_dir.glob('**/*')) == []


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.close()


@pytest.fixture(name='wait_for_end')
def wait_for_end_fixture():
    return wait_for_end


@pytest.fixture(name='wait_until')
def wait_until_fixture():
    return wait_until
