import json

from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy
from tests.order_app.samples import MISSION_ORDER, ORDER_APP


def event(*bodies: str) -> dict:
    return {'Records': [{'messageId': f'm{number}', 'body': body} for number, body in enumerate(bodies)]}


class test_task_lambda(TestCase__Lambda__Deploy):
    handler = 'task_lambda.lambda_handler'
    source_roots = (ORDER_APP / 'lambdas', ORDER_APP)

    def setUp(self):
        session = AWS_Session(self.session_kwargs())
        self.s3, self.queue = S3(session), SQS_Queue('notification-queue', session)
        self.s3.bucket_create('results-bucket')
        self.deploy_lambda.set_env_variable('NOTIFICATION_QUEUE_URL', self.queue.create())

    def test_an_order_is_invoiced_and_notified(self):
        assert self.invoke(event(json.dumps(MISSION_ORDER))) == {'batchItemFailures': []}
        invoice = json.loads(self.s3.file_contents('results-bucket', 'ORD-12345.json'))
        assert (invoice['subtotal'], invoice['discount'], invoice['final_total']) == (275.96, 27.6, 248.36)
        assert self.queue.pop()['invoice_location'] == 's3://results-bucket/ORD-12345.json'

    def test_the_reason_why_an_order_is_refused_is_in_the_log(self):
        answer = self.invoke_return_logs(event('not json'))
        assert answer['return_value'] == {'batchItemFailures': [{'itemIdentifier': 'm0'}]}
        assert 'order refused: message m0: the body is not JSON' in answer['execution_logs']
