import json

from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy
from tests.order_app.samples import ORDER_APP

MESSAGE = {
    'order_id': 'ORD-12345',
    'status': 'processed',
    'final_total': 248.36,
    'invoice_location': 's3://results-bucket/ORD-12345.json',
}


class test_notification_lambda(TestCase__Lambda__Deploy):
    handler = 'notification_lambda.lambda_handler'
    source_roots = (ORDER_APP / 'lambdas', ORDER_APP)

    def test_a_notification_is_logged_in_one_line(self):
        event = {'Records': [{'messageId': 'm0', 'body': json.dumps(MESSAGE)}]}
        answer = self.invoke_return_logs(event)
        assert answer['return_value'] == {'batchItemFailures': []}
        assert f'Notification: {json.dumps(MESSAGE)}' in answer['execution_logs'].splitlines()

    def test_its_package_is_one_file(self):
        assert list(self.deploy_lambda.files()) == ['notification_lambda.py']
