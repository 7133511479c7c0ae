import copy
import json
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial, wraps
from types import SimpleNamespace
from typing import Any, Optional
from urllib.parse import quote_plus

from osbot_lambda.local.server.event_sources.Rule_Input import Rule_Input
from osbot_lambda.local.server.event_sources.Sns_Event import Sns_Event
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.Moto_Lambda import Moto_Lambda
from osbot_lambda.local.server.Moto_Sqs import Moto_Sqs
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine


class Moto_Events:
    """Turns what moto's SNS, S3, EventBridge and Logs send to functions and queues to our engines.

    Where moto's event isn't AWS's, or where it has none, AWS's is made: SNS messages and rule targets for functions,
    the fields that S3's events lack, the filter patterns of log subscriptions.
    Shapes : moto has the classes that Moto_Adapter imports; publish(topic_arn, message, attributes) publishes on SNS.
    """

    def __init__(
        self,
        moto: SimpleNamespace,
        events: Async_Invokes,
        sqs: Sqs_Engine,
        publish: Callable[[str, str, Mapping[str, Mapping[str, str]]], None],
    ):
        self.moto, self.events, self.sqs, self.publish = moto, events, sqs, publish

    def install(self) -> None:
        """Take the place of moto's own; once a process."""
        moto = self.moto
        moto.lambda_backends.backend = partial(Moto_Lambda, self.events)
        moto.sqs_backends.backend = partial(Moto_Sqs, self.sqs, moto.QueueDoesNotExist)
        moto.Subscription.publish = self._sns(moto.Subscription.publish)
        moto.Rule.send_to_targets = self._rule(moto.Rule.send_to_targets)
        moto.s3_notifications._get_s3_event = self._s3(moto.s3_notifications._get_s3_event)
        moto.LogStream._send_log_events = self._logs(moto.LogStream._send_log_events)

    def _sns(self, publish: Callable[..., None]) -> Callable[..., None]:
        @wraps(publish)
        def publish_to_lambda(
            subscription: Any,
            message: str,
            message_id: str,
            subject: Optional[str] = None,
            message_attributes: Optional[dict[str, Any]] = None,
            group_id: Optional[str] = None,
            deduplication_id: Optional[str] = None,
            message_structure: Optional[str] = None,
        ) -> None:
            attributes = message_attributes or {}
            if subscription.protocol != 'lambda':
                more = message_attributes, group_id, deduplication_id, message_structure
                publish(subscription, message, message_id, subject, *more)
                return
            matcher = subscription._filter_policy_matcher
            if matcher is not None and not matcher.matches(attributes, message):
                return
            if message_structure == 'json':
                message = subscription._parse_message_structure(message, 'lambda')
            event = Sns_Event.of(
                subscription.topic.arn, subscription.arn, message_id, message, subject, attributes, time.time()
            )
            self._invoke(subscription.endpoint, json.dumps(event))

        return publish_to_lambda

    def _rule(self, send: Callable[..., None]) -> Callable[..., None]:
        @wraps(send)
        def send_to_targets(rule: Any, original_event: dict[str, Any], transform_input: bool = True) -> None:
            if rule.state != 'ENABLED' or not rule.event_pattern.matches_event(original_event):
                return
            if rule.scheduled_expression and not rule.event_pattern.get_pattern():
                return  # a schedule hears no events
            event = {key: value for key, value in original_event.items() if key != 'ingestion-time'}
            event['time'] = f'{datetime.fromtimestamp(float(event["time"]), UTC):%Y-%m-%dT%H:%M:%SZ}'
            others = [target for target in rule.targets if not self._to_target(rule, target, event)]
            if others:
                rest = copy.copy(rule)
                rest.targets = others
                send(rest, original_event, transform_input)

        return send_to_targets

    def _to_target(self, rule: Any, target: dict[str, Any], event: dict[str, Any]) -> bool:
        """Whether the target is one of ours; it has its event then."""
        arn = target['Arn'].split(':')
        if len(arn) < 6 or arn[2] not in ('lambda', 'sqs', 'sns'):
            return False
        text = Rule_Input.of(target, event, rule.name, rule.arn)
        if arn[2] == 'lambda':
            self._invoke(target['Arn'], text)
        elif arn[2] == 'sqs':
            Moto_Sqs(self.sqs, self.moto.QueueDoesNotExist, arn[3], arn[4]).send_message(arn[5], text)
        else:
            self.publish(target['Arn'], text, {})
        return True

    def _s3(self, get_event: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        @wraps(get_event)
        def get_s3_event(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
            event = get_event(event_name, bucket, key, notification_id)
            for record in event['Records']:
                owner = {'principalId': bucket.account_id}
                record |= {
                    'userIdentity': dict(owner),
                    'requestParameters': {'sourceIPAddress': '127.0.0.1'},
                    'responseElements': {'x-amz-request-id': uuid.uuid4().hex[:16].upper(), 'x-amz-id-2': 'EXAMPLE'},
                }
                record['s3']['bucket']['ownerIdentity'] = owner
                stored = record['s3']['object']
                stored['key'] = quote_plus(key.name, safe='/')
                stored['sequencer'] = f'{time.time_ns():018X}'
                if bucket.is_versioned:
                    stored['versionId'] = key.version_id
            return event

        return get_s3_event

    def _logs(self, send: Callable[..., None]) -> Callable[..., None]:
        @wraps(send)
        def send_log_events(
            stream: Any, service: str, destination_arn: str, filter_name: str, log_events: list[dict[str, Any]]
        ) -> None:
            pattern = stream.log_group.subscription_filters[filter_name].filter_pattern
            matches = self.moto.EventMessageFilter(pattern).matches
            chosen = [event for event in log_events if matches(event['message'])]
            if chosen:
                send(stream, service, destination_arn, filter_name, chosen)

        return send_log_events

    def _invoke(self, function_arn: str, body: str) -> None:
        ref = Function_Ref.from_arn(function_arn)
        Moto_Lambda(self.events, ref.region, ref.account_id).send(ref, body)
