from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Optional, Self

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.event_sources.Event_Source_Mappings import Event_Source_Mappings
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from osbot_lambda.local.server.lambda_.Code_Source import Code_Source
from osbot_lambda.local.server.lambda_.Code_Store import Code_Store
from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls
from osbot_lambda.local.server.lambda_.Function_Operations import Function_Operations
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Validator import Function_Validator
from osbot_lambda.local.server.lambda_.Invoke_Operation import Invoke_Operation
from osbot_lambda.local.server.lambda_.Tag_Operations import Tag_Operations
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.runtime.Invoker import Invoker

Params = dict[str, Any]


class Lambda_Engine:
    """The Lambda API of the local cloud: one method an operation, each handed on to the part that does it.

    Shapes : methods take (Api_Context, params) and give a dict, with the service model's keys.
             s3_get(account_id, region, bucket, key, version or None) -> bytes, raises Api__Error in Lambda's words;
             role_exists(account_id, role_arn) -> True, False, or None for 'can't be known'.
    Units  : retry_delays in seconds, between the attempts of an event invoke.
    Errors : Api__Error with AWS's codes, texts and statuses.
    Threads: started when there is something to do; stop() ends them all, and the invoker.
    """

    def __init__(
        self,
        invoker: Invoker,
        sqs: Sqs_Engine,
        s3_get: Callable[[str, str, str, str, Optional[str]], bytes],
        role_exists: Callable[[str, str], Optional[bool]],
        work_dir: Path,
        clock: Optional[Clock] = None,
        retry_delays: Sequence[float] = (60, 120),
    ):
        clock = clock or Clock()
        store, functions = Code_Store(work_dir), Function_Store()
        self.invoker = invoker
        self.runner = Function_Runner(functions, invoker)
        self.later = Delayed_Calls()
        self.async_invokes = Async_Invokes(self.runner, self.later, retry_delays)
        self.mappings = Event_Source_Mappings(self.runner, sqs, self.later, clock)
        self.functions = Function_Operations(
            functions,
            Code_Source(store, s3_get),
            Function_Validator(role_exists),
            self.runner,
            clock,
            self.mappings.function_changed,
        )
        self.tags = Tag_Operations(functions, self.mappings.tags)
        self.invokes = Invoke_Operation(self.runner, self.async_invokes)
        self.code_store = store

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
        self.mappings.join()

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget the functions and mappings of an account, or of all."""
        self.mappings.reset(account_id)
        self.functions.reset(account_id)

    def code_zip(self, sha: str) -> Optional[bytes]:
        """The deployment package with this sha256 (hex), as GetFunction's Code.Location names it; or None."""
        return self.code_store.zip_bytes(sha)

    # ---- functions

    def create_function(self, context: Api_Context, params: Params) -> Params:
        """CreateFunction."""
        return self.functions.create(context, params)

    def get_function(self, context: Api_Context, params: Params) -> Params:
        """GetFunction."""
        return self.functions.get(context, params)

    def get_function_configuration(self, context: Api_Context, params: Params) -> Params:
        """GetFunctionConfiguration."""
        return self.functions.get_configuration(context, params)

    def update_function_code(self, context: Api_Context, params: Params) -> Params:
        """UpdateFunctionCode."""
        return self.functions.update_code(context, params)

    def update_function_configuration(self, context: Api_Context, params: Params) -> Params:
        """UpdateFunctionConfiguration."""
        return self.functions.update_configuration(context, params)

    def delete_function(self, context: Api_Context, params: Params) -> Params:
        """DeleteFunction."""
        return self.functions.delete(context, params)

    def list_functions(self, context: Api_Context, params: Params) -> Params:
        """ListFunctions."""
        return self.functions.list_functions(context, params)

    def publish_version(self, context: Api_Context, params: Params) -> Params:
        """PublishVersion."""
        return self.functions.publish(context, params)

    def list_versions_by_function(self, context: Api_Context, params: Params) -> Params:
        """ListVersionsByFunction."""
        return self.functions.list_versions(context, params)

    def get_account_settings(self, context: Api_Context, params: Params) -> Params:
        """GetAccountSettings."""
        return self.functions.account_settings(context)

    def invoke(self, context: Api_Context, params: Params) -> Params:
        """Invoke."""
        return self.invokes.invoke(context, params)

    # ---- tags

    def tag_resource(self, context: Api_Context, params: Params) -> Params:
        """TagResource."""
        self.tags.tag(context, params)
        return {}

    def untag_resource(self, context: Api_Context, params: Params) -> Params:
        """UntagResource."""
        self.tags.untag(context, params)
        return {}

    def list_tags(self, context: Api_Context, params: Params) -> Params:
        """ListTags."""
        return self.tags.tags(context, params)

    # ---- event source mappings

    def create_event_source_mapping(self, context: Api_Context, params: Params) -> Params:
        """CreateEventSourceMapping."""
        return self.mappings.create(context, params)

    def get_event_source_mapping(self, context: Api_Context, params: Params) -> Params:
        """GetEventSourceMapping."""
        return self.mappings.get(context, params)

    def update_event_source_mapping(self, context: Api_Context, params: Params) -> Params:
        """UpdateEventSourceMapping."""
        return self.mappings.update(context, params)

    def delete_event_source_mapping(self, context: Api_Context, params: Params) -> Params:
        """DeleteEventSourceMapping."""
        return self.mappings.delete(context, params)

    def list_event_source_mappings(self, context: Api_Context, params: Params) -> Params:
        """ListEventSourceMappings."""
        return self.mappings.list_mappings(context, params)
