"""The two handlers as plain functions, with moto in place of AWS."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import notification_lambda
import pytest
import task_lambda
from app.config import get_aws_client
from moto import mock_aws

CONTEXT = SimpleNamespace(aws_request_id='a-request')


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """results-bucket and notification-queue, in moto."""
    monkeypatch.setenv('AWS_DEFAULT_REGION', 'us-east-1')
    get_aws_client.cache_clear()
    with mock_aws():
        s3, sqs = boto3.client('s3'), boto3.client('sqs')
        s3.create_bucket(Bucket='results-bucket')
        queue_url = sqs.create_queue(QueueName='notification-queue')['QueueUrl']
        monkeypatch.setattr(task_lambda, 'NOTIFICATION_QUEUE_URL', queue_url)
        yield SimpleNamespace(s3=s3, sqs=sqs, queue_url=queue_url)
    get_aws_client.cache_clear()


def handle(*bodies: str) -> list[str]:
    """What task_lambda wants retried; message ids are m0, m1, …"""
    records = [{'messageId': f'm{number}', 'body': body} for number, body in enumerate(bodies)]
    answer = task_lambda.lambda_handler({'Records': records}, CONTEXT)
    assert list(answer) == ['batchItemFailures']
    return [failure['itemIdentifier'] for failure in answer['batchItemFailures']]


def invoice(aws: SimpleNamespace, order_id: str) -> dict:
    return json.loads(aws.s3.get_object(Bucket='results-bucket', Key=f'{order_id}.json')['Body'].read())


def invoice_keys(aws: SimpleNamespace) -> list[str]:
    return [found['Key'] for found in aws.s3.list_objects_v2(Bucket='results-bucket').get('Contents', [])]


def notifications(aws: SimpleNamespace) -> list[str]:
    """The notifications not yet read, by this call or an earlier one."""
    bodies = []
    while found := aws.sqs.receive_message(QueueUrl=aws.queue_url, MaxNumberOfMessages=10).get('Messages'):
        bodies += [message['Body'] for message in found]
    return bodies


def order(order_id: str, **other: object) -> str:
    return json.dumps({'order_id': order_id, 'items': [{'name': 'tea', 'price': 2.5, 'quantity': 2}], **other})


class test_task_lambda:
    def test_the_mission_order_becomes_an_invoice_and_a_notification(self, aws, mission_order):
        assert handle(json.dumps(mission_order)) == []
        found = invoice(aws, 'ORD-12345')
        assert isinstance(found.pop('timestamp'), float)
        assert found == {
            **mission_order,
            'item_count': 3,
            'subtotal': 275.96,
            'discount': 27.6,
            'final_total': 248.36,
            'status': 'completed',
        }
        assert [json.loads(body) for body in notifications(aws)] == [
            {
                'order_id': 'ORD-12345',
                'status': 'processed',
                'final_total': 248.36,
                'invoice_location': 's3://results-bucket/ORD-12345.json',
            }
        ]

    def test_an_invalid_order_is_retried_and_the_good_ones_of_its_batch_go_on(self, aws):
        bodies = [order('A'), 'not json', order('../etc'), order('B', items=[]), '[' * 100_000, order('C')]
        assert handle(*bodies) == ['m1', 'm2', 'm3', 'm4']
        assert invoice_keys(aws) == ['A.json', 'C.json']
        assert [json.loads(body)['order_id'] for body in notifications(aws)] == ['A', 'C']

    def test_an_order_that_comes_again_keeps_its_first_invoice_and_repeats_its_notification(self, aws, monkeypatch):
        monkeypatch.setattr('time.time', lambda: 1704067200.0)
        assert handle(order('A')) == []
        first, sent = aws.s3.get_object(Bucket='results-bucket', Key='A.json')['Body'].read(), notifications(aws)
        monkeypatch.setattr('time.time', lambda: 1704067260.0)
        assert handle(order('A')) == []
        assert aws.s3.get_object(Bucket='results-bucket', Key='A.json')['Body'].read() == first
        assert notifications(aws) == sent

    def test_a_repeat_says_what_the_first_invoice_says_though_promo_codes_have_changed(self, aws, monkeypatch):
        handle(order('A', promo_code='SAVE10'))
        sent = notifications(aws)
        monkeypatch.setattr('app.processors.PROMO_CODES', {})
        assert handle(order('A', promo_code='SAVE10')) == []
        assert notifications(aws) == sent

    @pytest.mark.parametrize(
        'other',
        [{'promo_code': 'SAVE10'}, {'items': [{'name': 'tea', 'price': 2.5, 'quantity': 3}]}],
        ids=['promo_code', 'items'],
    )
    def test_the_same_id_with_other_content_is_refused(self, aws, other):
        handle(order('A'))
        first = invoice(aws, 'A')
        notifications(aws)
        assert handle(order('A', **other)) == ['m0']
        assert invoice(aws, 'A') == first
        assert notifications(aws) == []

    def test_an_order_whose_notification_failed_is_completed_when_it_comes_again(self, aws, monkeypatch):
        with monkeypatch.context() as broken:
            broken.setattr(task_lambda, 'NOTIFICATION_QUEUE_URL', aws.queue_url + '-that-is-not-there')
            assert handle(order('A')) == ['m0']
        first = invoice(aws, 'A')
        assert handle(order('A')) == []
        assert invoice(aws, 'A') == first
        assert [json.loads(body)['order_id'] for body in notifications(aws)] == ['A']

    def test_an_order_is_retried_when_the_bucket_is_not_there(self, aws):
        aws.s3.delete_bucket(Bucket='results-bucket')
        assert handle(order('A')) == ['m0']
        assert notifications(aws) == []

    def test_a_number_that_json_has_no_word_for_leaves_no_invoice(self, aws):
        body = order('A', items=[{'name': 'x', 'price': 1, 'quantity': 1, 'weight': 0}]).replace('0}', '1e400}')
        assert handle(body) == ['m0']
        assert invoice_keys(aws) == []

    def test_clients_are_made_once(self, aws):
        handle(order('A'))
        clients = get_aws_client('s3'), get_aws_client('sqs')
        handle(order('B'))
        assert (get_aws_client('s3'), get_aws_client('sqs')) == clients
        assert get_aws_client.cache_info().misses == 2


class test_notification_lambda:
    def test_it_logs_all_of_a_notification_on_one_line(self, capsys):
        message = {
            'order_id': 'ORD-12345',
            'status': 'processed',
            'final_total': 248.36,
            'invoice_location': 's3://results-bucket/ORD-12345.json',
        }
        records = [{'messageId': 'm0', 'body': json.dumps(message)}]
        assert notification_lambda.lambda_handler({'Records': records}, CONTEXT) == {'batchItemFailures': []}
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith('Notification: ')
        assert json.loads(lines[0].removeprefix('Notification: ')) == message

    @pytest.mark.parametrize('body', ['no', '{}', '[]', '5', '{"order_id": "A"}'])
    def test_what_is_no_notification_is_retried_alone(self, capsys, body):
        good = json.dumps({'order_id': 'A', 'status': 's', 'final_total': 1, 'invoice_location': 'x'})
        records = [{'messageId': 'm0', 'body': body}, {'messageId': 'm1', 'body': good}]
        answer = notification_lambda.lambda_handler({'Records': records}, CONTEXT)
        assert answer == {'batchItemFailures': [{'itemIdentifier': 'm0'}]}
        assert capsys.readouterr().out.count('Notification: ') == 1
