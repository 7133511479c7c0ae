import http.client
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3

from benchmarks.Figure import Figure
from benchmarks.Fixed_Answer import Fixed_Answer
from benchmarks.Samples import Samples
from osbot_lambda.local.Local_Cloud import Local_Cloud

RUNTIME = f'python{sys.version_info[0]}.{sys.version_info[1]}'

ECHO = """
import time

def handler(event, context):
    for record in event.get('Records', []):
        print('sent', record['body'], 'invoked', time.time())
    return event
"""


class Invoke_Bench:
    """Cold and warm invokes over boto3, and the time from a send to the invoke.

    The floors are taken in turn with the figures: what the machine does meanwhile falls on both.
    """

    def __init__(self, cloud: Local_Cloud, quick: bool = False):
        self.cloud = cloud
        self.colds, self.warms, self.sends = (5, 200, 50) if quick else (20, 1000, 200)
        kwargs = cloud.session_kwargs()
        self.lambda_, self.sqs, self.logs = (boto3.client(name, **kwargs) for name in ('lambda', 'sqs', 'logs'))
        iam = boto3.client('iam', **kwargs)
        self.role = iam.create_role(RoleName='bench', AssumeRolePolicyDocument='{}')['Role']['Arn']

    def run(self) -> Iterator[Figure]:
        """The figures, as they are found."""
        yield from self.cold()
        yield from self.warm()
        yield from self.send_to_invoke()

    def cold(self) -> Iterator[Figure]:
        """The first invoke of functions that were never invoked, beside the start of a bare Python."""
        cold, bare = Samples(), Samples()
        for number in range(self.colds):
            name = self._create(f'cold-{number}')
            cold.time(self._invoke, name)
            bare.time(subprocess.run, [sys.executable, '-I', '-c', 'pass'], check=True)
        yield Figure('cold invoke p50', cold.p50, 'ms', bare.p50, 'python -I -c pass')

    def warm(self) -> Iterator[Figure]:
        """Invokes of one function, beside a bare HTTP round trip on the same server, and boto3 to a fixed answer."""
        warm, client_alone, http_alone = Samples(), Samples(), Samples()
        name = self._create('warm')
        self._invoke(name)
        connection = http.client.HTTPConnection('127.0.0.1', self.cloud.port)
        with Fixed_Answer() as fixed:
            idle = boto3.client('lambda', **{**self.cloud.session_kwargs(), 'endpoint_url': fixed.endpoint_url})
            for _ in range(self.warms):
                warm.time(self._invoke, name)
                client_alone.time(lambda: idle.invoke(FunctionName=name, Payload=b'{}')['Payload'].read())
                http_alone.time(_round_trip, connection)
        connection.close()
        yield Figure('bare HTTP round trip p50', http_alone.p50, 'ms')
        yield Figure('boto3 alone p50', client_alone.p50, 'ms')
        yield Figure('warm invoke p50', warm.p50, 'ms', client_alone.p50, 'boto3 to a fixed answer', target=3)
        yield Figure('warm invoke p50', warm.p50, 'ms', http_alone.p50, 'bare HTTP round trip')
        yield Figure('warm invoke p99', warm.p99, 'ms', client_alone.p99, 'boto3 to a fixed answer')

    def send_to_invoke(self) -> Iterator[Figure]:
        """From the send's beginning, in this process, to the handler's first line; one message at a time."""
        name = self._create('from-queue')
        queue_url = self.sqs.create_queue(QueueName='bench-send', Attributes={'VisibilityTimeout': '60'})['QueueUrl']
        arn = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
        mapping = self.lambda_.create_event_source_mapping(EventSourceArn=arn, FunctionName=name, BatchSize=1)['UUID']
        direct = Samples()
        for _ in range(self.sends):
            self.sqs.send_message(QueueUrl=queue_url, MessageBody=repr(time.time()))
            time.sleep(0.02)  # the next one is to find everything at rest
            direct.time(self._invoke, name)
        found = Samples()
        found.times = self._latencies(name)
        self.lambda_.delete_event_source_mapping(UUID=mapping)
        yield Figure('send to invoke p50', found.p50, 'ms', direct.p50, 'warm invoke, there and back')
        yield Figure('send to invoke p99', found.p99, 'ms', direct.p99, 'warm invoke, there and back')

    def _latencies(self, name: str) -> list[float]:
        deadline = time.monotonic() + 30
        while True:
            pages = self.logs.get_paginator('filter_log_events').paginate(logGroupName=f'/aws/lambda/{name}')
            texts = [event['message'] for page in pages for event in page['events']]
            found = [match for text in texts if (match := re.match(r'sent (\S+) invoked (\S+)', text))]
            if len(found) == self.sends:
                return [(float(match[2]) - float(match[1])) * 1000 for match in found]
            if time.monotonic() > deadline:
                raise RuntimeError(f'{len(found)} of {self.sends} messages were handled')
            time.sleep(0.1)

    def _create(self, name: str) -> str:
        data = io.BytesIO()
        with zipfile.ZipFile(data, 'w') as code:
            code.writestr('echo.py', ECHO + f'# {name}\n')
        self.lambda_.create_function(
            FunctionName=name,
            Runtime=RUNTIME,
            Handler='echo.handler',
            Role=self.role,
            Code={'ZipFile': data.getvalue()},
        )
        self.lambda_.get_waiter('function_active_v2').wait(FunctionName=name, WaiterConfig={'Delay': 1})
        return name

    def _invoke(self, name: str) -> Any:
        answer = self.lambda_.invoke(FunctionName=name, Payload=b'{"a": 1}')
        value = json.loads(answer['Payload'].read())
        if value != {'a': 1}:
            raise RuntimeError(f'{name} answered {value}')
        return value


def _round_trip(connection: http.client.HTTPConnection) -> None:
    connection.request('GET', '/_osbot_lambda/health')
    connection.getresponse().read()
