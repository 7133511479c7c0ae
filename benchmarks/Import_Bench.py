import os
import random
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.Figure import Figure
from benchmarks.Samples import Samples

BARE = 'pass'
BOTO3 = 'import boto3'
US = 'import osbot_lambda'
DEPLOY = 'import osbot_lambda.deploy.Deploy_Lambda'
LAMBDA = 'import osbot_lambda.aws.lambda_.Lambda'

# The targets are 30 and 80 ms on a machine where Python itself needs 15 ms: they grow and shrink with it.
REFERENCE_BARE = 15
TARGETS = {US: 30, DEPLOY: 80}


class Import_Bench:
    """What an import costs: whole processes, beside one that imports nothing, and one that imports boto3.

    The processes start in turn, in an order that changes: what the machine does meanwhile falls on all of them.
    """

    def __init__(self, quick: bool = False):
        self.rounds = 10 if quick else 40

    def run(self) -> Iterator[Figure]:
        """The figures, as they are found."""
        samples = {statement: Samples() for statement in (BARE, US, LAMBDA, DEPLOY, BOTO3)}
        for statement in samples:  # writes the .pyc files
            self._start(statement)
        order, shuffle = list(samples), random.Random(1).shuffle
        for _ in range(self.rounds):
            shuffle(order)
            for statement in order:
                samples[statement].time(self._start, statement)
        bare = samples.pop(BARE).p50
        for statement, times in samples.items():
            target = TARGETS.get(statement)
            scaled = target and round(target * bare / REFERENCE_BARE)
            yield Figure(f'{statement} p50', times.p50, 'ms', bare, 'python -c pass', target=scaled)

    @staticmethod
    def _start(statement: str) -> None:
        quiet = {name: value for name, value in os.environ.items() if not name.startswith('PYTHON')}
        subprocess.run([sys.executable, '-c', statement], check=True, env=quiet)
