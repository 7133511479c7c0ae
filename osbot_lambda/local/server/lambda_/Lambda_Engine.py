from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.event_sources.Event_Source_Mappings import Event_Source_Mappings
from osbot_lambda.local.server.lambda_.Alias_Operations import Alias_Operations
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from osbot_lambda.local.server.lambda_.Code_Signing_Operations import Code_Signing_Operations
from osbot_lambda.local.server.lambda_.Code_Source import Code_Source
from osbot_lambda.local.server.lambda_.Code_Store import Code_Store
from osbot_lambda.local.server.lambda_.Concurrency_Operations import Concurrency_Operations
from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls
from osbot_lambda.local.server.lambda_.Event_Invoke_Operations import Event_Invoke_Operations
from osbot_lambda.local.server.lambda_.Event_Services import Event_Services
from osbot_lambda.local.server.lambda_.Function_Operations import Function_Operations
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Validator import Function_Validator
from osbot_lambda.local.server.lambda_.Invoke_Operation import Invoke_Operation
from osbot_lambda.local.server.lambda_.Lambda_Engine__Access import Lambda_Engine__Access
from osbot_lambda.local.server.lambda_.Lambda_Engine__Concurrency import Lambda_Engine__Concurrency
from osbot_lambda.local.server.lambda_.Lambda_Engine__Events import Lambda_Engine__Events
from osbot_lambda.local.server.lambda_.Lambda_Engine__Functions import Lambda_Engine__Functions
from osbot_lambda.local.server.lambda_.Lambda_Engine__Layers import Lambda_Engine__Layers
from osbot_lambda.local.server.lambda_.Lambda_Engine__Mappings import Lambda_Engine__Mappings
from osbot_lambda.local.server.lambda_.Lambda_Engine__Settings import Lambda_Engine__Settings
from osbot_lambda.local.server.lambda_.Layer_Operations import Layer_Operations
from osbot_lambda.local.server.lambda_.Layer_Permissions import Layer_Permissions
from osbot_lambda.local.server.lambda_.Layer_Store import Layer_Store
from osbot_lambda.local.server.lambda_.Permission_Operations import Permission_Operations
from osbot_lambda.local.server.lambda_.Provisioned_Environments import Provisioned_Environments
from osbot_lambda.local.server.lambda_.Provisioned_Operations import Provisioned_Operations
from osbot_lambda.local.server.lambda_.Setting_Operations import Setting_Operations
from osbot_lambda.local.server.lambda_.Tag_Operations import Tag_Operations
from osbot_lambda.local.server.lambda_.Url_Operations import Url_Operations
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.runtime.Invoker import Invoker
from osbot_lambda.runtime.Log_Sink import Log_Sink


class Lambda_Engine(
    Lambda_Engine__Functions,
    Lambda_Engine__Layers,
    Lambda_Engine__Access,
    Lambda_Engine__Concurrency,
    Lambda_Engine__Events,
    Lambda_Engine__Mappings,
    Lambda_Engine__Settings,
):
    """The Lambda API of the local cloud: one method an operation, each handed on to the part that does it.

    The operations are in the mixins; here the parts are made and put together.

    Shapes : methods take (Api_Context, params) and give a dict, with the service model's keys.
             s3_get(account_id, region, bucket, key, version or None) -> bytes, raises Api__Error in Lambda's words;
             role_exists(account_id, role_arn) -> True, False, or None for 'can't be known';
             services take what becomes of event invokes, besides sqs; log_sink what the engine itself has to say.
    Units  : retry_delays in seconds, between the attempts of an event invoke; throttle_delay in seconds, before an
             event is tried again that came at a time of too many.
    Errors : Api__Error with AWS's codes, texts and statuses.
    Threads: started when there is something to do; stop() ends them all, and the invoker.
    """

    def __init__(
        self,
        invoker: Invoker,
        sqs: Sqs_Engine,
        s3_get: Callable[[str, str, str, str, Optional[str]], bytes],
        role_exists: Callable[[str, str], Optional[bool]],
        services: Event_Services,
        log_sink: Log_Sink,
        work_dir: Path,
        clock: Optional[Clock] = None,
        retry_delays: Sequence[float] = (60, 120),
        throttle_delay: float = 1,
    ):
        clock = clock or Clock()
        self.code_store = Code_Store(work_dir)
        code = Code_Source(self.code_store, s3_get)
        functions, self.layer_store = Function_Store(), Layer_Store()
        self.invoker = invoker
        self.runner = Function_Runner(functions, invoker)
        self.later = Delayed_Calls()
        self.async_invokes = Async_Invokes(
            self.runner, self.later, sqs, services, log_sink, clock, retry_delays, throttle_delay
        )
        self.event_invokes = Event_Invoke_Operations(functions, clock)
        self.mappings = Event_Source_Mappings(self.runner, sqs, self.later, clock)
        self.environments = Provisioned_Environments(self.runner)
        self.provisioned = Provisioned_Operations(functions, self.environments, clock)

        def on_change(arn: str) -> None:
            self.mappings.function_changed(arn)
            self.provisioned.function_changed(arn)

        self.layers = Layer_Operations(self.layer_store, code, clock)
        self.layer_permissions = Layer_Permissions(self.layer_store)
        self.code_signing = Code_Signing_Operations(functions, clock)
        validator = Function_Validator(role_exists, self.code_signing.check_there)
        self.functions = Function_Operations(functions, code, self.layers, validator, self.runner, clock, on_change)
        self.settings = Setting_Operations(functions)
        self.concurrency = Concurrency_Operations(functions, on_change)
        self.aliases = Alias_Operations(functions, on_change)
        self.permissions = Permission_Operations(functions)
        self.urls = Url_Operations(functions, clock)
        self.tags = Tag_Operations(functions, self.mappings.tags, self.code_signing)
        self.invokes = Invoke_Operation(self.runner, self.async_invokes)

    @property
    def endpoint_url(self) -> Optional[str]:
        """The cloud's own address, as the functions get it; set once the port is known."""
        return self.runner.endpoint_url

    @endpoint_url.setter
    def endpoint_url(self, value: Optional[str]) -> None:
        self.runner.endpoint_url = value

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Nothing fires any more: pollers, retries, queued events and running functions end; idempotent."""
        self.mappings.stop()
        self.later.stop()
        self.invoker.stop()  # ends what runs, so that the threads that wait for it end, too
        self.async_invokes.stop()
        self.environments.stop()
        self.mappings.join()

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget the functions, layers and mappings of an account, or of all."""
        self.mappings.reset(account_id)
        self.functions.reset(account_id)
        self.layer_store.reset(account_id)
        self.code_signing.reset(account_id)

    def code_zip(self, sha: str) -> Optional[bytes]:
        """The deployment package or layer with this sha256 (hex), as the Location of either names it; or None."""
        return self.code_store.zip_bytes(sha)

    def url_function_arn(self, url_id: str) -> Optional[str]:
        """The ARN of the function, qualified by the alias, that has the function URL with this id; or None."""
        return self.urls.function_arn(url_id)
