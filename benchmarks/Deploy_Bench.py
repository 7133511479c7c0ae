import io
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from benchmarks.Figure import Figure
from benchmarks.Invoke_Bench import RUNTIME
from benchmarks.Samples import Samples
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Lambdas import Deploy_Lambdas
from osbot_lambda.local.Local_Cloud import Local_Cloud

HANDLER = 'def run(event, context):\n    return {number}\n'
LOGS_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
ROLE = 'osbot-lambda-execution-role'  # the one that a deploy makes
BARE_ROLE = 'bench-bare'
SERVICES = ('lambda', 'iam')
MANY, AT_A_TIME = 100, 8
SAME_CALLS = 'the same boto3 calls'


class Deploy_Bench:
    """What a deploy of a plain function costs, beside the boto3 calls that it can't do without.

    The floors are taken in turn with the figures: what the machine does meanwhile falls on both. All are of one
    process, whose imports and clients are made.
    """

    def __init__(self, cloud: Local_Cloud, quick: bool = False):
        self.rounds, self.firsts, self.manys = (30, 5, 3) if quick else (200, 20, 5)
        kwargs = cloud.session_kwargs()
        self.session = AWS_Session(kwargs)
        self.lambda_, self.iam = (boto3.client(service, **kwargs) for service in SERVICES)

    def run(self) -> Iterator[Figure]:
        """The figures, as they are found."""
        with TemporaryDirectory(prefix='osbot-lambda-bench-') as folder:
            self.folder = Path(folder)
            self.role = self._create_role()
            yield from self.nothing_to_do()
            yield from self.one_line_changed()
            yield from self.first()
            yield from self.many()

    def nothing_to_do(self) -> Iterator[Figure]:
        """A deploy of what is there already, beside one read."""
        ours, bare = Samples(), Samples()
        deploy = self._app('unchanged')
        self._deploy(deploy, 'created')
        for _ in range(self.rounds):
            ours.time(self._deploy, deploy, 'unchanged')
            bare.time(self._read, 'unchanged')
        yield Figure('deploy, nothing to do p50', ours.p50, 'ms', bare.p50, 'one boto3 call')
        yield Figure('deploy, nothing to do / one call', ours.p50 / bare.p50, 'x', target=3)

    def one_line_changed(self) -> Iterator[Figure]:
        """A deploy of changed code, beside a read, an update and the wait for it."""
        ours, bare = Samples(), Samples()
        deploy = self._app('changed')
        self._deploy(deploy, 'created')
        self._create('bare-changed', self.role)
        for number in range(1, self.rounds + 1):
            self._app('changed', number)
            data = self._zip(number)
            ours.time(self._deploy, deploy, 'updated')
            bare.time(self._update, 'bare-changed', data)
        yield Figure('deploy, one line changed p50', ours.p50, 'ms', bare.p50, 'two boto3 calls, and the wait')

    def first(self) -> Iterator[Figure]:
        """The first deploy in an account that has no role for it."""
        ours, bare, counts = Samples(), Samples(), []
        for number in range(self.firsts):
            self._delete_role(ROLE)
            self._delete_role(BARE_ROLE)
            deploy = self._app(f'first-{number}')
            with self._calls() as calls:
                ours.time(self._deploy, deploy, 'created')
            counts.append(len(calls))
            bare.time(self._first, f'bare-first-{number}')
        yield Figure('first deploy, with its role p50', ours.p50, 'ms', bare.p50, SAME_CALLS)
        yield Figure('first deploy, with its role', max(counts), 'calls', target=7)

    def many(self) -> Iterator[Figure]:
        """100 functions at once, the first time and again, beside the least calls for them over as many threads."""
        created, unchanged, bare_created, bare_read = Samples(), Samples(), Samples(), Samples()
        with ThreadPoolExecutor(AT_A_TIME) as pool:

            def each(do: Callable[[str], Any], names: list[str]) -> None:
                list(pool.map(do, names))

            for round_ in range(self.manys):
                names = [f'many-{round_}-{number}' for number in range(MANY)]
                deploys = Deploy_Lambdas([self._app(name) for name in names])
                created.time(self._deploy_many, deploys, 'created')
                unchanged.time(self._deploy_many, deploys, 'unchanged')
                bare_created.time(each, lambda name: self._create(f'bare-{name}', self.role), names)
                bare_read.time(each, self._read, names)
        yield Figure('deploy 100 functions, new p50', created.p50, 'ms', bare_created.p50, SAME_CALLS)
        yield Figure('deploy 100 functions, unchanged p50', unchanged.p50, 'ms', bare_read.p50, 'one boto3 call each')

    def _app(self, name: str, number: int = 0) -> Deploy_Lambda:
        module = name.replace('-', '_')
        (self.folder / f'{module}.py').write_text(HANDLER.format(number=number))
        return Deploy_Lambda(f'{module}.run', name, source_roots=[self.folder], session_kwargs=self.session)

    @staticmethod
    def _deploy(deploy: Deploy_Lambda, expected: str) -> None:
        result = deploy.deploy(progress=False)
        if result.status != expected:
            raise RuntimeError(f'{result.name} is {result.status}, and not {expected}')

    @staticmethod
    def _deploy_many(deploys: Deploy_Lambdas, expected: str) -> None:
        result = deploys.deploy(AT_A_TIME, progress=False)
        if result.count() != {expected: MANY}:
            raise RuntimeError(f'they are {result.count()}, and not all {expected}')

    @contextmanager
    def _calls(self) -> Iterator[list[str]]:
        """The calls that our session sends meanwhile."""
        sent: list[str] = []

        def note(event_name: str, **_: Any) -> None:
            sent.append(event_name)

        for service in SERVICES:
            self.session.client(service).meta.events.register('before-send', note, unique_id='bench')
        yield sent
        for service in SERVICES:
            self.session.client(service).meta.events.unregister('before-send', unique_id='bench')

    def _read(self, name: str) -> Any:
        return self.lambda_.get_function_configuration(FunctionName=name)

    def _create(self, name: str, role: str) -> None:
        with suppress(self.lambda_.exceptions.ResourceNotFoundException):
            self._read(name)
        self.lambda_.create_function(
            FunctionName=name,
            Runtime=RUNTIME,
            Handler='app.run',
            Role=role,
            Timeout=60,
            MemorySize=512,
            Code={'ZipFile': self._zip(0)},
        )
        while self._read(name)['State'] == 'Pending':
            pass

    def _update(self, name: str, data: bytes) -> None:
        self._read(name)
        self.lambda_.update_function_code(FunctionName=name, ZipFile=data)
        while self._read(name)['LastUpdateStatus'] == 'InProgress':
            pass

    def _first(self, name: str) -> None:
        with suppress(self.iam.exceptions.NoSuchEntityException):
            self.iam.get_role(RoleName=BARE_ROLE)
        self._create(name, self._create_role())

    def _create_role(self) -> str:
        role = self.iam.create_role(RoleName=BARE_ROLE, AssumeRolePolicyDocument='{}')['Role']
        self.iam.attach_role_policy(RoleName=BARE_ROLE, PolicyArn=LOGS_POLICY)
        return str(role['Arn'])

    def _delete_role(self, name: str) -> None:
        self.iam.detach_role_policy(RoleName=name, PolicyArn=LOGS_POLICY)
        self.iam.delete_role(RoleName=name)

    @staticmethod
    def _zip(number: int) -> bytes:
        data = io.BytesIO()
        with zipfile.ZipFile(data, 'w') as code:
            code.writestr('app.py', HANDLER.format(number=number))
        return data.getvalue()
