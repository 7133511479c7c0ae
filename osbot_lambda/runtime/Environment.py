"""One execution environment of a function."""

import json
import math
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Stopped
from osbot_lambda.runtime.Environment__State import Environment__State
from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Invocation_Result import Invocation_Result
from osbot_lambda.runtime.Lambda_Paths import Lambda_Paths
from osbot_lambda.runtime.Log_Collector import Log_Collector
from osbot_lambda.runtime.Log_Level import Log_Level
from osbot_lambda.runtime.Log_Sink import Log_Sink
from osbot_lambda.runtime.Outcome import Outcome
from osbot_lambda.runtime.Path_Mask import Path_Mask
from osbot_lambda.runtime.Platform_Log import Platform_Log
from osbot_lambda.runtime.Platform_Log__Json import Platform_Log__Json
from osbot_lambda.runtime.Platform_Text import Platform_Text
from osbot_lambda.runtime.Runtime_Api__Connection import Runtime_Api__Connection
from osbot_lambda.runtime.Runtime_Folder import Runtime_Folder
from osbot_lambda.runtime.Worker import Worker
from osbot_lambda.runtime.Worker_Environ import Worker_Environ
from osbot_lambda.runtime.Worker_Event import Worker_Event


class Environment:
    """One execution environment of a function: a worker, a log stream, a temporary folder.

    One thread at a time uses it; kill() alone may be called by any.

    A worker that ends leaves the environment with its /tmp; the next invoke starts another in it. Between invokes all
    of it stands still.
    Units  : INIT_SECONDS is Lambda's limit of an init. One that fails or takes longer is done again, once, within the
             function's timeout.
    Errors : Runtime__Start_Failed; Runtime__Stopped after kill().
    """

    INIT_SECONDS = 10.0

    def __init__(
        self,
        spec: Function_Spec,
        folder: Path,
        runtime_folder: Runtime_Folder,
        worker: Callable[[Log_Collector], Worker],
        log_sink: Log_Sink,
        namespace: bool,
    ):
        self.spec = spec
        self.state = Environment__State.NEW
        self.retired = False
        self.idle_since = 0.0
        function = '' if spec.log_group == f'/aws/lambda/{spec.name}' else spec.name  # others may share the group
        self.log_stream = f'{datetime.now(UTC):%Y/%m/%d}/{function}[{spec.version}]{secrets.token_hex(16)}'
        self._folder = folder
        self._namespace = namespace
        self._runtime_folder = runtime_folder
        self._log_sink = log_sink
        self._code_dir = spec.code_dir.resolve()  # as os.getcwd() and tracebacks have it
        own_names = [(runtime_folder.library, f'/var/lang/lib/python{runtime_folder.version}')]
        if not namespace:
            own_names += [(self._code_dir, '/var/task'), (runtime_folder.folder, '/var/runtime')]
            own_names += [(layer, '/opt') for layer in spec.layer_dirs]
        self._mask = Path_Mask(own_names)
        as_json = spec.log_format == 'JSON'
        least = Log_Level.named(spec.application_log_level) if as_json else None
        self._log = Log_Collector(self._write_log, self._mask, least)
        self._platform = (Platform_Log__Json if as_json else Platform_Log)(spec, self._log)
        self._worker = worker(self._log)
        self._max_memory_mb = 0
        self._asked = False  # for its next event, before anybody has waited for that
        self._gone = False  # the worker; the next invoke starts another

    @property
    def pid(self) -> Optional[int]:
        """Of the worker, while there is one."""
        return self._worker.pid

    @property
    def provisioned(self) -> bool:
        """Is it one of those that are there ahead of any invoke?"""
        return self.spec.initialization != 'on-demand'

    def new(self) -> bool:
        """Has it never been used?"""
        return self.state is Environment__State.NEW

    def reusable(self) -> bool:
        """Can it take another event? False once its sandbox has ended; one whose worker has ended starts another."""
        if self.state is not Environment__State.READY:
            return False
        self.state = Environment__State.BUSY
        asked, self._asked = self._asked, False
        if not self._gone and not (not self._worker.exited() if asked else self._worker.asks(self.spec.timeout)):
            self._worker.end()
            self._gone = True
        return not self._worker.broken

    def start(self) -> bool:
        """Start a new environment ahead of its first invoke; false when its init fails, which ends it."""
        failed = self._start(Invocation('', b'', self.spec.arn))
        self.state = Environment__State.ENDED if failed else Environment__State.READY
        self._asked = not failed
        self._log.finish(process_ended=failed is not None)
        self._worker.rest()
        return not failed

    def invoke(self, invocation: Invocation) -> Invocation_Result:
        """Run the handler once. A new environment is started; another has to be reusable()."""
        cold = self.state is Environment__State.NEW
        init_ms: Optional[float] = None
        failed: Optional[Outcome] = None
        if cold:
            started = time.perf_counter()
            failed = self._start(invocation)
            init_ms = None if failed else (time.perf_counter() - started) * 1000
        self._log.begin()
        started = time.perf_counter()
        deadline = time.monotonic() + self.spec.timeout
        if failed or self._gone:
            failed = self._init(invocation, 'invoke', deadline)
        self._platform.start(invocation.request_id)
        outcome = failed or self._run(invocation, deadline)
        duration_ms = (time.perf_counter() - started) * 1000
        if outcome.status == 'timeout':
            duration_ms = self.spec.timeout * 1000
        result = self._finish(invocation, outcome, duration_ms, init_ms, cold)
        if outcome.reusable:
            self._worker.rest()
        return result

    def kill(self) -> None:
        """Kill the worker and its children, now; from any thread. The thread in invoke() gets Runtime__Stopped."""
        self._worker.kill()

    def close(self) -> None:
        """End it: no process, socket or folder is left."""
        self.state = Environment__State.ENDED
        try:
            self._worker.close()
            self._log.finish(process_ended=True)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, invocation: Invocation) -> Optional[Outcome]:
        """The init of a new environment: None, or how it failed."""
        self.state = Environment__State.STARTING
        (self._folder / ('root' if self._namespace else 'tmp')).mkdir(parents=True)
        if self._runtime_folder.note:
            self._log.platform(f'{self._runtime_folder.note}\n')
        self._platform.init_start()
        return self._init(invocation, 'init', time.monotonic() + self.INIT_SECONDS)

    def _init(self, invocation: Invocation, phase: str, deadline: float) -> Optional[Outcome]:
        """Start the worker and load the function's module: None, or how it failed (then the worker is gone)."""
        started = time.perf_counter()
        spec, runtime_dir = self.spec, self._runtime_folder.folder
        if self._namespace:
            paths = Lambda_Paths.of_lambda()
        else:
            python, temp_dir = self._runtime_folder.python, self._folder / 'tmp'
            paths = Lambda_Paths.of_this_machine(self._code_dir, runtime_dir, python, spec.layer_dirs, temp_dir)
        environ = Worker_Environ.variables(spec, paths, self.log_stream, self._worker.api_address)
        layers = spec.layer_dirs
        places = (self._folder / 'root', spec.ephemeral_storage, self._code_dir, runtime_dir, len(layers), *layers)
        self._worker.start([*map(str, places), environ.get('LC_CTYPE', '')], environ, self._code_dir)
        event = self._worker.wait(deadline)
        init_ms = (time.perf_counter() - started) * 1000
        if event.kind == 'next':
            self._platform.init_end(init_ms, phase, 'success', None)
            return None
        outcome = self._outcome(event, invocation)
        self._platform.init_end(init_ms, phase, outcome.status, outcome.error_type)
        return outcome

    def _run(self, invocation: Invocation, deadline: float) -> Outcome:
        """Have the handler run."""
        self.state = Environment__State.BUSY
        remaining = deadline - time.monotonic()
        self._worker.send_event(invocation, int((time.time() + remaining) * 1000))
        self._worker.resume()
        event = self._worker.wait(deadline)
        while event.kind in ('next', 'init_error'):  # not awslambdaric: code that talks to the Runtime API itself
            event = self._worker.wait(deadline)
        return self._outcome(event, invocation)

    def _outcome(self, event: Worker_Event, invocation: Invocation) -> Outcome:
        """What the event means for this invoke; the log is complete and, unless it can go on, the worker gone."""
        if event.kind in ('response', 'error'):
            self._worker.drain_log()
        else:
            exit_code = self._worker.end()
            if self._worker.killed:
                raise Runtime__Stopped('the data plane has been stopped while the function ran')
        self._max_memory_mb = self._worker.max_memory_mb() or self._max_memory_mb
        request_id = invocation.request_id
        if event.kind == 'response':
            return Outcome(event.body)
        if event.kind == 'error':
            return Outcome(self._mask.apply(event.body), self._error_type(event.body))
        if event.kind == 'init_error':
            return Outcome(self._mask.apply(event.body), self._error_type(event.body), 'error', reusable=False)
        if event.kind == 'timeout':
            message = Platform_Text.timeout_message(request_id, self.spec.timeout)
            log_line = Platform_Text.timed_out(request_id, self.spec.timeout)
            return self._lost('Sandbox.Timedout', message, 'timeout', log_line)
        if event.kind == 'too_large':
            message = Platform_Text.too_large_message(Runtime_Api__Connection.MAX_BODY)
            return self._lost('Function.ResponseSizeTooLarge', message, 'error', '')
        message = Platform_Text.exit_message(request_id, exit_code)
        error_type = 'Runtime.OutOfMemory' if self._worker.out_of_memory else 'Runtime.ExitError'
        return self._lost(error_type, message, 'error', f'{message}\n{error_type}\n')

    @staticmethod
    def _lost(error_type: str, message: str, status: str, log_line: str) -> Outcome:
        return Outcome(Platform_Text.error_payload(error_type, message), error_type, status, log_line, reusable=False)

    def _finish(
        self,
        invocation: Invocation,
        outcome: Outcome,
        duration_ms: float,
        init_ms: Optional[float],
        cold: bool,
    ) -> Invocation_Result:
        """Write the end of the log, and put the result together."""
        self._gone = not outcome.reusable
        self.state = Environment__State.ENDED if self._worker.broken else Environment__State.READY
        billed_ms = math.ceil(duration_ms + (init_ms or 0))
        request_id = invocation.request_id
        self._platform.end(request_id, outcome, duration_ms)
        self._platform.report(request_id, outcome, duration_ms, billed_ms, self._max_memory_mb, init_ms)
        self._log.finish(process_ended=not outcome.reusable)
        return Invocation_Result(
            request_id=invocation.request_id,
            payload=outcome.payload,
            function_error='Unhandled' if outcome.error_type else None,
            executed_version=self.spec.version,
            log=self._log.kept(),
            duration_ms=duration_ms,
            billed_ms=billed_ms,
            init_ms=init_ms,
            max_memory_mb=self._max_memory_mb,
            error_type=outcome.error_type,
            log_stream=self.log_stream,
            cold=cold,
            note=self._runtime_folder.note,
        )

    @staticmethod
    def _error_type(body: bytes) -> str:
        try:
            return str(json.loads(body)['errorType'])
        except (ValueError, KeyError, TypeError):  # posted by code that talks to the Runtime API itself
            return 'Runtime.Unknown'

    def _write_log(self, events: Sequence[tuple[int, str]]) -> None:
        spec = self.spec
        self._log_sink.write(spec.account_id, spec.region, spec.log_group, self.log_stream, events)
