from collections.abc import Iterator
from typing import Any, Optional

from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.aws.Listing import Listing
from osbot_lambda.aws.sqs.SQS_Queue import IN_PAGES, SQS_Queue


class SQS(Aws__Resource):
    """All SQS queues of an account and region; SQS_Queue is one of them.

    for queue in SQS().iterate_queues('orders-'):
        print(queue.queue_name, queue.size())
    """

    service_name: str = 'sqs'

    def queue(self, queue_name: str) -> SQS_Queue:
        """One queue, by name, whether it is there or not."""
        return SQS_Queue(queue_name, self.session)

    def iterate_queues(self, prefix: Optional[str] = None) -> Iterator[SQS_Queue]:
        """The queues whose names begin with `prefix`, as they are asked for."""
        for url in self.iterate('list_queues', 'QueueUrls', QueueNamePrefix=prefix, PaginationConfig=IN_PAGES):
            yield SQS_Queue(queue_url=url, session_kwargs=self.session)

    def queues(
        self, prefix: Optional[str] = None, index_by: Optional[str] = None, group_by: Optional[str] = None
    ) -> Any:
        """The info() of each queue, [{'QueueName', 'QueueUrl', 'QueueArn', …}]; with index_by='QueueName' {name: info}.
        One call for each queue; queues_names() needs one in all."""
        found = [info for queue in self.iterate_queues(prefix) if (info := queue.info())]
        return Listing.of(found, index_by=index_by, group_by=group_by)

    def queues_names(self, prefix: Optional[str] = None) -> list[str]:
        """The names, sorted."""
        return sorted(queue.queue_name for queue in self.iterate_queues(prefix))

    def queues_urls(self, prefix: Optional[str] = None) -> list[str]:
        """The URLs, sorted."""
        return sorted(queue.url() for queue in self.iterate_queues(prefix))

    def queues_arns(self, prefix: Optional[str] = None) -> list[str]:
        """The ARNs, sorted; one call for each queue."""
        return sorted(queue.arn() for queue in self.iterate_queues(prefix))
