import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional, Self, TypeVar

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Not_Found, Wait__Timeout

HERE = Path(__file__).parent
SOURCE_ROOTS = [HERE / 'lambdas', HERE]  # together they are the zip's root: app/ beside the lambda file

NOTIFICATION = 'Notification: '  # how notification_lambda begins its lines

T = TypeVar('T')


class Order_Flow:
    """The two functions with their bucket, queues and role, on one target.

    setup() may be called again: what is there stays, and gets the current code and settings.

    Units  : function_timeout and visibility_timeout are seconds; the second has to be at least the first.
    Errors : every Aws__Error and Deploy__Error; Wait__Timeout from the wait_for_* methods.
    """

    BUCKET = 'results-bucket'
    ROLE = 'lambda-role'
    MAX_RECEIVES = 3  # then a message goes to the dead-letter queue

    def __init__(
        self,
        session: Optional[AWS_Session] = None,
        batch_size: int = 10,
        function_timeout: int = 10,
        visibility_timeout: int = 60,
    ):
        self.session = session or AWS_Session()
        self.batch_size, self.visibility_timeout = batch_size, visibility_timeout
        self.s3 = S3(self.session)
        self.role = IAM_Role(self.ROLE, self.session)
        self.task_queue, self.task_dlq = self._queue('task-queue'), self._queue('task-queue-dlq')
        self.notification_queue = self._queue('notification-queue')
        self.notification_dlq = self._queue('notification-queue-dlq')
        self.deploy_task = self._deploy_lambda('task_lambda', function_timeout)
        self.deploy_notification = self._deploy_lambda('notification_lambda', function_timeout)
        self.task_lambda = self.deploy_task.lambda_function()
        self.notification_lambda = self.deploy_notification.lambda_function()

    def create_resources(self) -> Self:
        """The bucket, the queues with their dead-letter queues, and the role."""
        self.s3.bucket_create(self.BUCKET)
        for queue, dead_letters in self._queues():
            dead_letters.create()
            queue.create()
            queue.attributes_update({'VisibilityTimeout': self.visibility_timeout})
            queue.set_dead_letter_queue(dead_letters, self.MAX_RECEIVES)
        self.role.create_for__lambda().set_inline_policy('order-flow', self._policy())
        return self

    def deploy(self) -> Self:
        """Package and deploy both functions, by the names of their handlers."""
        variables = {'RESULTS_BUCKET': self.BUCKET, 'NOTIFICATION_QUEUE_URL': self.notification_queue.url()}
        self.deploy_task.set_env_variables(variables).deploy()
        self.deploy_notification.deploy()
        return self

    def connect(self) -> Self:
        """Have each queue trigger its function."""
        self._add_trigger(self.task_queue, self.task_lambda)
        self._add_trigger(self.notification_queue, self.notification_lambda)
        return self

    def setup(self) -> Self:
        """All three: resources, functions, triggers."""
        return self.create_resources().deploy().connect()

    def send(self, order: dict[str, Any]) -> Self:
        """Put an order on task-queue."""
        self.task_queue.push(order)
        return self

    def wait_for_invoice(self, order_id: str, timeout: float = 60) -> dict[str, Any]:
        """The order's invoice, as soon as it is in the bucket."""

        def look() -> Optional[dict[str, Any]]:
            try:
                return dict(json.loads(self.s3.file_contents(self.BUCKET, f'{order_id}.json')))
            except Aws__Not_Found:
                return None

        return _wait(f'invoice of {order_id}', look, timeout)

    def wait_for_notification(self, order_id: str, since: float, timeout: float = 60) -> dict[str, Any]:
        """What notification_lambda logged for the order after `since` (epoch seconds)."""

        def look() -> Optional[dict[str, Any]]:
            return next((logged for logged in self.notifications(since) if logged['order_id'] == order_id), None)

        return _wait(f'notification of {order_id}', look, timeout)

    def notifications(self, since: float = 0) -> list[dict[str, Any]]:
        """What notification_lambda logged, in time order, after `since` (epoch seconds)."""
        try:
            logged = self.notification_lambda.log_group().messages(start_time=int(since * 1000))
        except Aws__Not_Found:  # it has not run yet
            return []
        return [json.loads(line.removeprefix(NOTIFICATION)) for line in logged if line.startswith(NOTIFICATION)]

    def _queue(self, name: str) -> SQS_Queue:
        return SQS_Queue(name, self.session)

    def _queues(self) -> list[tuple[SQS_Queue, SQS_Queue]]:
        return [(self.task_queue, self.task_dlq), (self.notification_queue, self.notification_dlq)]

    def _deploy_lambda(self, module: str, timeout: int) -> Deploy_Lambda:
        return Deploy_Lambda(
            handler=f'{module}.lambda_handler',
            source_roots=SOURCE_ROOTS,
            session_kwargs=self.session,
            timeout=timeout,
            role=self.ROLE,
        )

    def _add_trigger(self, queue: SQS_Queue, function: Lambda) -> None:
        arn = queue.arn()
        found = function.event_sources(arn)
        if not found:
            function.event_source_create(
                arn, batch_size=self.batch_size, function_response_types=['ReportBatchItemFailures']
            )
        elif found[0]['BatchSize'] != self.batch_size:
            function.call('update_event_source_mapping', UUID=found[0]['UUID'], BatchSize=self.batch_size)

    def _policy(self) -> dict[str, Any]:
        """What the functions may do on AWS; logs come with the role."""
        receive = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes']
        arns = [queue.arn() for queue, _ in self._queues()]
        allowed = [
            (receive, arns),
            (['sqs:SendMessage'], [self.notification_queue.arn()]),
            (['s3:PutObject', 's3:GetObject'], [f'arn:aws:s3:::{self.BUCKET}/*']),
        ]
        statements = [{'Effect': 'Allow', 'Action': actions, 'Resource': which} for actions, which in allowed]
        return {'Version': '2012-10-17', 'Statement': statements}


def _wait(what: str, look: Callable[[], Optional[T]], timeout: float) -> T:
    found = Wait(timeout, longest_pause=0.1).until(look)
    if found is None:
        raise Wait__Timeout(what, 'there', '', timeout)
    return found
