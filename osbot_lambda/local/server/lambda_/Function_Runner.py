import os
import time
import uuid
from typing import Optional

from osbot_lambda.errors import Api__Error, Runtime__Error, Runtime__Not_Available, Runtime__Stopped
from osbot_lambda.local.server.calls.Function_Token import Function_Token
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Version import Function_Version
from osbot_lambda.local.server.lambda_.Image_Code import Image_Code
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Lineage import Lineage
from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Invocation_Result import Invocation_Result
from osbot_lambda.runtime.Invoker import Invoker


class Function_Runner:
    """Runs versions of functions on the data plane: for the Invoke API, for event invokes, for event sources.

    endpoint_url is the cloud's, told to the functions as AWS_ENDPOINT_URL; whoever opens the port sets it.
    """

    def __init__(self, functions: Function_Store, invoker: Invoker):
        self.functions, self.invoker = functions, invoker
        self.endpoint_url: Optional[str] = None
        self._specs: dict[tuple[str, str], Function_Spec] = {}

    def run(self, function: Lambda_Function, version: Function_Version, invocation: Invocation) -> Invocation_Result:
        """One invoke; blocks until it ends. What the function does wrong is in the result.

        Raises Api__Error: a loop without end (400), no such interpreter here, or an image (422), the function's or the
        account's concurrency is used up (429), the worker doesn't start (500), the cloud is stopping (503).
        """
        spec = self.spec(version)
        traced = Lineage.next(function, invocation)
        try:
            with function.running:
                return self.invoker.invoke(spec, traced)
        except Runtime__Error as error:
            raise self._api_error(error) from error

    def start_provisioned(self, version: Function_Version) -> Optional[bool]:
        """Start an environment ahead of any invoke: see Invoker.start_provisioned(). Raises Api__Error as run()."""
        spec = self.spec(version)
        try:
            return self.invoker.start_provisioned(spec)
        except Runtime__Error as error:
            raise self._api_error(error) from error

    def call(self, ref: Function_Ref, payload: bytes, trace_id: Optional[str] = None) -> Invocation_Result:
        """One invoke by an event source. Raises Api__Error as run() does, and 404 when the function isn't there."""
        function = self.functions.get(ref, qualified=True)
        version = function.chosen_version(ref.qualifier)
        if version is None:
            raise Lambda_Errors.function_not_found(ref.arn)
        trace_id = trace_id or self.new_trace_id()
        return self.run(function, version, Invocation(str(uuid.uuid4()), payload, ref.arn, None, trace_id))

    def retire(self, function: Lambda_Function, deleted: bool = False) -> None:
        """The function's $LATEST has changed, or it was deleted: environments of what it was end."""
        self.invoker.retire(function.arn, None if deleted else function.latest.build)
        function.running.wake()
        if deleted:
            for version in function.all_versions():
                self._specs.pop((version.arn, version.version), None)

    def spec(self, version: Function_Version) -> Function_Spec:
        """What the data plane is told of a version; made once for each build of it."""
        key = (version.arn, version.version)
        spec = self._specs.get(key)
        if spec is None or spec.revision != version.build or spec.endpoint_url != self.endpoint_url:
            spec = self._specs[key] = self._new_spec(version)
        return spec

    @staticmethod
    def new_trace_id() -> str:
        """A trace header for an invoke that came with none."""
        return f'Root=1-{int(time.time()):08x}-{os.urandom(12).hex()};Parent={os.urandom(8).hex()};Sampled=0'

    @staticmethod
    def _api_error(error: Runtime__Error) -> Api__Error:
        if isinstance(error, Runtime__Not_Available):
            # AWS's 502 would have clients try again four times; an interpreter doesn't appear meanwhile
            return Api__Error('InvalidRuntimeException', str(error), 422)
        if isinstance(error, Runtime__Stopped):
            return Api__Error('ServiceException', 'The local cloud is stopping.', 503)
        return Api__Error('ServiceException', str(error), 500)

    def _new_spec(self, version: Function_Version) -> Function_Spec:
        config, code = version.config, version.code
        if isinstance(code, Image_Code) or config.handler is None or config.runtime is None:
            raise Api__Error(
                'InvalidRuntimeException',
                f'function {version.name} is a container image ({code.uri if isinstance(code, Image_Code) else "?"}), '
                f'and the local cloud runs no container images: deploy it as a zip to run it here',
                422,
            )
        return Function_Spec(
            arn=version.arn,
            name=version.name,
            version=version.version,
            handler=config.handler,
            runtime=config.runtime,
            code_dir=code.folder,
            revision=version.build,
            memory_size=config.memory_size,
            timeout=config.timeout,
            account_id=version.account_id,
            region=version.region,
            environment=config.environment or {},
            credentials={
                'AWS_ACCESS_KEY_ID': version.account_id,
                'AWS_SECRET_ACCESS_KEY': 'local',
                'AWS_SESSION_TOKEN': Function_Token.of(version.region, version.name),
            },
            endpoint_url=self.endpoint_url,
            log_group=config.log_group,
            layer_dirs=tuple(layer.code.folder for layer in config.layers),
            log_format=config.logging.get('LogFormat', 'Text'),
            application_log_level=config.logging.get('ApplicationLogLevel', 'INFO'),
            system_log_level=config.logging.get('SystemLogLevel', 'INFO'),
            ephemeral_storage=config.ephemeral_storage,
        )
