import http.client
import io
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import boto3

from benchmarks.Emulator import Emulator
from benchmarks.Figure import Figure
from benchmarks.Samples import Samples
from osbot_lambda.local.Local_Cloud import Local_Cloud
from osbot_lambda.runtime.Invoker import Invoker

HANDLER = 'def handler(event, context):\n    return event\n'
EVENT = b'{"a": 1}'
FLOOR = "AWS's emulator"


class Rie_Bench:
    """The local cloud beside AWS's Runtime Interface Emulator, with the same handler, in turns.

    Both are asked over bare HTTP. A cold figure is from a process that listens to the first result. The emulator runs
    one invoke at a time, and refuses another one: for a throughput of n it gets n emulators.
    """

    def __init__(self, cloud: Local_Cloud, quick: bool = False):
        self.cloud = cloud
        self.colds, self.warms, self.invokes = (5, 200, 400) if quick else (20, 1000, 2000)
        self.lambda_ = boto3.client('lambda', **cloud.session_kwargs())
        account = f'Credential={cloud.account_id}/20261120/{cloud.region}/lambda/aws4_request'
        self.headers = {'Authorization': f'AWS4-HMAC-SHA256 {account}, SignedHeaders=host, Signature=0'}

    def run(self) -> Iterator[Figure]:
        """The figures, as they are found."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / 'app.py').write_text(HANDLER)
            self.code = Path(folder)
            yield from self.cold()
            yield from self.warm()
            for concurrency in (1, 2, 8):
                yield self.throughput(concurrency)

    def cold(self) -> Iterator[Figure]:
        """The first result of a function that was never invoked."""
        ours, theirs = Samples(), Samples()
        for number in range(self.colds):
            name = self._create(f'rie-cold-{number}')
            connection = http.client.HTTPConnection('127.0.0.1', self.cloud.port)
            connection.connect()
            ours.time(self._invoke, connection, name)
            connection.close()
            with Emulator(self.code) as emulator:
                connection = emulator.connect()
                connection.connect()
                theirs.time(self._emulate, emulator, connection)
                connection.close()
        yield Figure('cold to first result p50', ours.p50, 'ms', theirs.p50, FLOOR)

    def warm(self) -> Iterator[Figure]:
        """One invoke after the other."""
        ours, theirs = Samples(), Samples()
        name = self._create('rie-warm')
        connection = http.client.HTTPConnection('127.0.0.1', self.cloud.port)
        with Emulator(self.code) as emulator:
            other = emulator.connect()
            self._invoke(connection, name)
            self._emulate(emulator, other)
            for _ in range(self.warms):
                ours.time(self._invoke, connection, name)
                theirs.time(self._emulate, emulator, other)
            other.close()
        connection.close()
        yield Figure('warm over HTTP p50', ours.p50, 'ms', theirs.p50, FLOOR)
        yield Figure('warm over HTTP p99', ours.p99, 'ms', theirs.p99, FLOOR)

    def throughput(self, concurrency: int) -> Figure:
        """Invokes per second, from that many threads."""
        name = self._create(f'rie-throughput-{concurrency}')
        with ExitStack() as stack:
            connections = [http.client.HTTPConnection('127.0.0.1', self.cloud.port) for _ in range(concurrency)]
            ours = self._rate([lambda one=one: self._invoke(one, name) for one in connections])
            emulators = [stack.enter_context(Emulator(self.code)) for _ in range(concurrency)]
            others = [(emulator, emulator.connect()) for emulator in emulators]
            theirs = self._rate([lambda pair=pair: self._emulate(*pair) for pair in others])
            for connection in (*connections, *(connection for _, connection in others)):
                connection.close()
        floor = FLOOR if concurrency == 1 else f'{concurrency} emulators'
        return Figure(f'invokes, {concurrency} at once', ours, '/s', theirs, floor)

    def _rate(self, invokes: list[Callable[[], None]]) -> float:
        each = self.invokes // len(invokes)
        errors: list[Exception] = []
        ready = threading.Barrier(len(invokes) + 1)

        def work(invoke: Callable[[], None]) -> None:
            try:
                invoke()  # the cold one
                ready.wait()
                for _ in range(each):
                    invoke()
            except Exception as error:  # noqa: BLE001  raised below, in the thread that waits
                errors.append(error)
                ready.abort()

        threads = [threading.Thread(target=work, args=(invoke,)) for invoke in invokes]
        for thread in threads:
            thread.start()
        ready.wait()
        start = time.perf_counter()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return each * len(invokes) / (time.perf_counter() - start)

    def _invoke(self, connection: http.client.HTTPConnection, name: str) -> None:
        connection.request('POST', f'/2015-03-31/functions/{name}/invocations', EVENT, self.headers)
        self._check(connection.getresponse().read())

    def _emulate(self, emulator: Emulator, connection: http.client.HTTPConnection) -> None:
        self._check(emulator.invoke_over(connection, EVENT))

    @staticmethod
    def _check(answer: bytes) -> None:
        if answer != EVENT:
            raise RuntimeError(f'the answer was {answer!r}')

    def _create(self, name: str) -> str:
        data = io.BytesIO()
        with zipfile.ZipFile(data, 'w') as code:
            code.writestr('app.py', HANDLER + f'# {name}\n')
        self.lambda_.create_function(
            FunctionName=name,
            Runtime=Invoker.RUNTIME,
            Handler='app.handler',
            Role='arn:aws:iam::000000000000:role/bench',
            Code={'ZipFile': data.getvalue()},
        )
        self.lambda_.get_waiter('function_active_v2').wait(FunctionName=name, WaiterConfig={'Delay': 1})
        return name
