import io
import json
import os
import random
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from botocore.config import Config

from benchmarks.Left_Behind import Left_Behind
from osbot_lambda.local.Local_Cloud import Local_Cloud
from osbot_lambda.runtime.Invoker import Invoker

HANDLER = """
import os, signal, subprocess

def handler(event, context):
    kind = event['kind']
    if kind == 'timeout':
        signal.pause()
    if kind == 'child':
        subprocess.Popen(['sleep', '600'], start_new_session=True, stdin=subprocess.DEVNULL)
    if kind in ('exit', 'child'):
        os._exit(event['number'] % 3)
    if kind == 'segfault':
        os.kill(os.getpid(), signal.SIGSEGV)
    if kind == 'killed':
        os.kill(os.getpid(), signal.SIGKILL)
    return event['number']
"""
CRASHES = ('exit', 'segfault', 'killed', 'child')  # the last one leaves a process behind, in a session of its own
ERRORS = {'timeout': 'Sandbox.Timedout', **dict.fromkeys(CRASHES, 'Runtime.ExitError')}


class Invoke_Campaign:
    """Many invokes at once, some of which crash or time out: each is answered as it should be, and nothing is left.

    What is there is counted when a function like it has come and gone, and again at the end. The memory of the server
    is looked at after each quarter, with the logs of the function deleted, as they are kept there.

    Shapes : crashes and timeouts are parts of 1; the order is random, by seed.
    """

    QUARTERS = 4
    GROWTH = 1.15  # from the end of the first quarter to that of the last; it levels off, at another 5 %
    SECONDS_TO_END = 20  # for what ends by itself

    def __init__(
        self,
        invokes: int = 10_000,
        crashes: float = 0.02,
        timeouts: float = 0.01,
        concurrency: int = 8,
        seed: int = 1,
    ):
        self.concurrency, self.seed = concurrency, seed
        self.function = f'campaign-{os.getpid()}'
        kinds = [CRASHES[number % len(CRASHES)] for number in range(round(invokes * crashes))]
        kinds += ['timeout'] * round(invokes * timeouts)
        kinds += ['ok'] * (invokes - len(kinds))
        random.Random(seed).shuffle(kinds)
        self.kinds = kinds

    def __str__(self) -> str:
        counted = ', '.join(f'{number} {kind}' for kind, number in sorted(Counter(self.kinds).items()))
        return f'{len(self.kinds):,} invokes, {self.concurrency} at once, seed {self.seed}: {counted}'

    def run(self) -> dict[str, Any]:
        """What came of it; 'ok' when all is as it should be."""
        with tempfile.TemporaryDirectory(prefix='osbot-lambda-campaign-') as folder:
            with patch.dict(os.environ, TMPDIR=folder), Local_Cloud() as cloud:
                result = self._in_cloud(cloud, Path(folder))
            result['after the end'] = os.listdir(folder)
        flat = result['memory MB'][-1] <= self.GROWTH * result['memory MB'][0]
        same = result['left'] == result['before']
        return {**result, 'ok': not result['wrong'] and flat and same and not result['after the end']}

    def _in_cloud(self, cloud: Local_Cloud, folder: Path) -> dict[str, Any]:
        self._kwargs, self._local = cloud.session_kwargs(), threading.local()
        lambda_, logs = self._client('lambda'), self._client('logs')

        def count() -> Left_Behind:
            return Left_Behind.of(cloud.pid, folder, self.function)

        with ThreadPoolExecutor(self.concurrency) as pool:
            self._create(lambda_)
            first = ['ok'] * (self.concurrency * 50) + [*CRASHES, 'timeout']  # its threads are there after it
            wrong = Counter(pool.map(self._invoke, range(len(first)), first))
            self._delete(lambda_, logs)
            before = self._at_rest(count)
            self._create(lambda_)
            memory, start, size = [], time.monotonic(), len(self.kinds) // self.QUARTERS
            for quarter in range(0, len(self.kinds), size):
                kinds = self.kinds[quarter : quarter + size]
                wrong += Counter(pool.map(self._invoke, range(quarter, quarter + size), kinds))
                logs.delete_log_group(logGroupName=f'/aws/lambda/{self.function}')
                memory.append(round(Left_Behind.memory_mb(cloud.pid), 1))
            seconds = time.monotonic() - start
            self._delete(lambda_, logs)
            left = self._at_rest(count, before)
        del wrong['']
        rate = round(len(self.kinds) / seconds)
        return {'wrong': dict(wrong), 'per second': rate, 'memory MB': memory, 'before': before, 'left': left}

    def _invoke(self, number: int, kind: str) -> str:
        """What is wrong with the answer, or ''."""
        try:
            answer = self._client('lambda').invoke(
                FunctionName=self.function, Payload=json.dumps({'number': number, 'kind': kind})
            )
            value = json.loads(answer['Payload'].read())
        except Exception as error:  # noqa: BLE001  whatever it is, that invoke wasn't answered
            return f'{kind}: {type(error).__name__}: {error}'
        expected = ERRORS.get(kind)
        if expected is None:
            return '' if value == number else f'{kind}: {value}'
        return '' if value.get('errorType') == expected and answer.get('FunctionError') else f'{kind}: {value}'

    def _client(self, service: str) -> Any:
        if not hasattr(self._local, service):
            config = Config(retries={'total_max_attempts': 1}, read_timeout=60)
            setattr(self._local, service, boto3.session.Session().client(service, config=config, **self._kwargs))
        return getattr(self._local, service)

    def _create(self, lambda_: Any) -> None:
        data = io.BytesIO()
        with zipfile.ZipFile(data, 'w') as code:
            code.writestr(zipfile.ZipInfo('app.py'), HANDLER)  # the same zip each time: the cloud keeps it once
        lambda_.create_function(
            FunctionName=self.function,
            Runtime=Invoker.RUNTIME,
            Handler='app.handler',
            Role='arn:aws:iam::000000000000:role/campaign',
            Timeout=1,
            Code={'ZipFile': data.getvalue()},
        )
        lambda_.get_waiter('function_active_v2').wait(FunctionName=self.function)

    def _delete(self, lambda_: Any, logs: Any) -> None:
        lambda_.delete_function(FunctionName=self.function)
        groups = logs.describe_log_groups(logGroupNamePrefix=f'/aws/lambda/{self.function}')['logGroups']
        for group in groups:
            logs.delete_log_group(logGroupName=group['logGroupName'])

    def _at_rest(self, count: Any, wanted: Any = None) -> Left_Behind:
        """What is counted when it is as wanted, else when it no longer changes."""
        end = time.monotonic() + self.SECONDS_TO_END
        found: Sequence[Left_Behind] = [count()]
        while time.monotonic() < end and found[-1] != wanted and (wanted or len(found) < 10 or len({*found[-10:]}) > 1):
            time.sleep(0.1)  # processes, threads and folders end by themselves, and nothing tells of it
            found = [*found, count()]
        return found[-1]
