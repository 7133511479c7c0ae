from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.event_sources.Event_Source_Mappings import Event_Source_Mappings
from osbot_lambda.local.server.lambda_.Tag_Operations import Tag_Operations

Params = dict[str, Any]


class Lambda_Engine__Mappings:
    """The operations on event source mappings, and on tags."""

    mappings: Event_Source_Mappings
    tags: Tag_Operations

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
