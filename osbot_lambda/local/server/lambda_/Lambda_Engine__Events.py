from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Event_Invoke_Operations import Event_Invoke_Operations
from osbot_lambda.local.server.lambda_.Invoke_Operation import Invoke_Operation

Params = dict[str, Any]


class Lambda_Engine__Events:
    """The operations on event invokes: the old way to send them, and what becomes of them."""

    event_invokes: Event_Invoke_Operations
    invokes: Invoke_Operation

    def invoke_async(self, context: Api_Context, params: Params) -> Params:
        """InvokeAsync, which AWS has replaced by Invoke with InvocationType=Event."""
        event = {'FunctionName': params['FunctionName'], 'InvocationType': 'Event', 'Payload': params['InvokeArgs']}
        return {'Status': self.invokes.invoke(context, event)['StatusCode']}

    def put_function_event_invoke_config(self, context: Api_Context, params: Params) -> Params:
        """PutFunctionEventInvokeConfig."""
        return self.event_invokes.put(context, params)

    def update_function_event_invoke_config(self, context: Api_Context, params: Params) -> Params:
        """UpdateFunctionEventInvokeConfig."""
        return self.event_invokes.update(context, params)

    def get_function_event_invoke_config(self, context: Api_Context, params: Params) -> Params:
        """GetFunctionEventInvokeConfig."""
        return self.event_invokes.get(context, params)

    def delete_function_event_invoke_config(self, context: Api_Context, params: Params) -> Params:
        """DeleteFunctionEventInvokeConfig."""
        return self.event_invokes.delete(context, params)

    def list_function_event_invoke_configs(self, context: Api_Context, params: Params) -> Params:
        """ListFunctionEventInvokeConfigs."""
        return self.event_invokes.list_configs(context, params)
