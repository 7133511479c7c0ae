import os
import resource
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional, Self

from osbot_lambda.local.server.Accounts import Accounts
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.calls.Call_Recorder import Call_Recorder
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.Control_Api import Control_Api
from osbot_lambda.local.server.Gateway import Gateway
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.Http_Server import Http_Server
from osbot_lambda.local.server.lambda_.Bundled_Packages import Bundled_Packages
from osbot_lambda.local.server.lambda_.Lambda_Engine import Lambda_Engine
from osbot_lambda.local.server.Logs_Buffer import Logs_Buffer
from osbot_lambda.local.server.Moto_Adapter import Moto_Adapter
from osbot_lambda.local.server.protocol.Service_Api import Service_Api
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.runtime.Invoker import Invoker


class Cloud:
    """The parts of the local cloud, put together: data plane, engines, moto, gateway, port.

    Errors : start() raises Local_Cloud__Port_Taken.
    """

    def __init__(
        self,
        port: int = 0,
        region: str = 'us-east-1',
        retry_delays: Sequence[float] = (60, 120),
        run_on_other_python: bool = False,
        isolation: Optional[str] = None,
        freeze: bool = True,
    ):
        self.region, self.retry_delays, self.run_on_other_python = region, retry_delays, run_on_other_python
        self.isolation, self.freeze = isolation, freeze
        self.work_dir = Path(tempfile.mkdtemp(prefix='osbot-lambda-cloud-'))
        try:
            self._wire(port)
        except BaseException:
            shutil.rmtree(self.work_dir, ignore_errors=True)
            raise

    @property
    def port(self) -> int:
        """The port on 127.0.0.1; the real one once started."""
        return self.http.port

    def start(self) -> Self:
        """Open the port."""
        _allow_many_files()
        self.http.start()
        self.gateway.endpoint_url = self.lambda_.endpoint_url = f'http://{Http_Server.HOST}:{self.port}'
        return self

    def stop(self) -> None:
        """Close the port, end pollers and workers, remove the work folder. Idempotent."""
        self.http.stop(0)
        self.sqs.stop()
        self.lambda_.stop()
        self.invoker.stop()
        shutil.rmtree(self.work_dir, ignore_errors=True)

    def reset(self, account_id: Optional[str] = None) -> None:
        """Empty one account, or all."""
        self.lambda_.reset(account_id)
        for account in [account_id] if account_id else {key[0] for key in list(self.sqs.queues)}:
            self.sqs.reset(account)
        self.logs.reset(account_id)
        self.calls.reset(account_id)
        self.moto.reset(account_id)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wire(self, port: int) -> None:
        clock = Clock()
        self.moto = Moto_Adapter()
        self.logs = Logs_Buffer(self.moto.put_log_events, self.moto.hears_logs)
        self.invoker = Invoker(
            self.work_dir / 'runtime',
            self.logs,
            packages=Bundled_Packages().find,
            run_on_other_python=self.run_on_other_python,
            isolation=self.isolation,
            freeze=self.freeze,
        )
        self.sqs = Sqs_Engine(clock)
        self.calls = Call_Recorder()
        self.lambda_ = Lambda_Engine(
            self.invoker,
            self.sqs,
            self.moto.s3_get_object,
            self.moto.role_exists,
            self.moto,
            self.logs,
            self.work_dir / 'lambda',
            clock,
            self.retry_delays,
        )
        self.moto.connect(self.lambda_.async_invokes, self.sqs)
        apis = {
            'lambda': Service_Api('lambda', self.lambda_).handle,
            'sqs': Service_Api('sqs', self.sqs).handle,
            'logs': self._logs_api,
        }
        control = Control_Api(self._health, self.reset, self._code, self.lambda_.url_function_arn, self.calls.calls)
        accounts = Accounts(self.moto.access_key_account)
        self.gateway = Gateway(apis, self.moto.handle, control, accounts, self.region, self.calls.record)
        self.http = Http_Server(self.gateway.handle, port)

    def _logs_api(self, request: Http_Request, context: Api_Context) -> Http_Response:
        self.logs.flush()
        return self.moto.handle('logs', request, context)

    def _health(self) -> dict[str, Any]:
        about = {'pid': os.getpid(), 'region': self.region, 'isolation': self.invoker.isolation}
        return {**about, 'runtime': self.invoker.stats()}

    def _code(self, sha: str) -> Optional[bytes]:
        return self.lambda_.code_zip(sha)


def _allow_many_files() -> None:
    """A connection, a worker's pipes and sockets are files each; the usual 1,024 are soon used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
