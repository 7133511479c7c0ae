"""The whole flow, on a local cloud."""

import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from order_app.Made_Orders import Made_Orders
from order_app.Order_Flow import Order_Flow
from order_app.Order_Load import Order_Load
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.local.Local_Cloud import Local_Cloud


def set_up(session_kwargs: dict[str, str], seconds: int = 2) -> Order_Flow:
    """With timeouts so short that three receives take seconds."""
    return Order_Flow(AWS_Session(session_kwargs), function_timeout=seconds, visibility_timeout=seconds).setup()


@pytest.fixture
def flow(session_kwargs: dict[str, str]) -> Order_Flow:
    """Set up, in an account of the test's own."""
    return set_up(session_kwargs)


def wait_until(look: Callable[[], Any]) -> Any:
    """What `look` returns, once it is true."""
    found = Wait(30, longest_pause=0.1).until(lambda: look() or None)
    assert found, 'it did not happen within 30 s'
    return found


def order(order_id: str, **other: Any) -> str:
    return json.dumps({'order_id': order_id, 'items': [{'name': 'tea', 'price': 2.5, 'quantity': 2}], **other})


def notifications_of(flow: Order_Flow, order_id: str) -> list[dict[str, Any]]:
    return [logged for logged in flow.notifications() if logged['order_id'] == order_id]


class test_Order_Flow:
    def test_the_mission_order_becomes_an_invoice_and_a_logged_notification(self, flow, mission_order):
        before = time.time()
        flow.send(mission_order)
        invoice = flow.wait_for_invoice('ORD-12345')
        assert before <= invoice.pop('timestamp') <= time.time()
        assert invoice == {
            **mission_order,
            'item_count': 3,
            'subtotal': 275.96,
            'discount': 27.6,
            'final_total': 248.36,
            'status': 'completed',
        }
        assert flow.wait_for_notification('ORD-12345', before) == {
            'order_id': 'ORD-12345',
            'status': 'processed',
            'final_total': 248.36,
            'invoice_location': 's3://results-bucket/ORD-12345.json',
        }

    def test_the_functions_packages_hold_what_they_import_and_no_more(self, flow):
        app = ['__init__.py', 'config.py', 'notifier.py', 'processors.py', 'storage.py']
        assert flow.deploy_task.files() == [*(f'app/{file}' for file in app), 'task_lambda.py']
        assert flow.deploy_notification.files() == ['notification_lambda.py']

    def test_setting_up_again_changes_settings_and_adds_nothing(self, session_kwargs, flow):
        again = Order_Flow(AWS_Session(session_kwargs), batch_size=3, function_timeout=4, visibility_timeout=7).setup()
        mappings = [mapping for name in ('task_lambda', 'notification_lambda') for mapping in mappings_of(again, name)]
        assert [mapping['BatchSize'] for mapping in mappings] == [3, 3]
        assert again.task_queue.attributes()['VisibilityTimeout'] == '7'
        assert again.task_lambda.configuration()['Timeout'] == 4

    def test_an_order_that_comes_again_keeps_its_first_invoice(self, flow):
        flow.task_queue.send_raw(order('A'))
        wait_until(lambda: notifications_of(flow, 'A'))
        first = flow.s3.file_bytes(flow.BUCKET, 'A.json')
        flow.task_queue.send_raw(order('A'))
        one, two = wait_until(lambda: len(found := notifications_of(flow, 'A')) == 2 and found)
        assert one == two
        assert flow.s3.file_bytes(flow.BUCKET, 'A.json') == first

    def test_an_order_that_was_saved_and_not_notified_is_completed_when_it_comes_again(self, flow):
        later = SQS_Queue('notified-later', flow.session)
        url = flow.notification_queue.url().replace('notification-queue', later.queue_name)
        variables = {'RESULTS_BUCKET': flow.BUCKET, 'NOTIFICATION_QUEUE_URL': url}
        flow.task_lambda.configuration_update(Environment={'Variables': variables})
        flow.task_queue.send_raw(order('A'))
        first = flow.wait_for_invoice('A')
        assert later.create() == url
        assert json.loads(later.receive(wait=20)[0]['Body'])['order_id'] == 'A'
        assert flow.wait_for_invoice('A') == first
        assert flow.task_dlq.size() == 0


def mappings_of(flow: Order_Flow, name: str) -> list[dict[str, Any]]:
    return flow.task_lambda.paginate('list_event_source_mappings', 'EventSourceMappings', FunctionName=name)


INVALID = (' not json at all é ', order('../up'), order('B', items=[]), order('C', promo_code=5), '{"a": NaN}')
OTHER_CONTENT = order('A-1', promo_code='SAVE10')
NO_NOTIFICATION = '{"order_id": "A-1"}'


@pytest.fixture(scope='class')
def flow_and_invoice(local_cloud: Local_Cloud) -> Iterator[tuple[Order_Flow, dict[str, Any]]]:
    """A flow to which all that is invalid was sent, and some good orders; and the invoice that A-1 had before."""
    account = '200000000001'
    flow = set_up(local_cloud.session_kwargs(account))
    flow.task_queue.send_raw(order('A-1'))
    invoice = flow.wait_for_invoice('A-1')
    good = [order('A-2'), order('A-3', promo_code='SAVE10')]
    flow.task_queue.send_batch_raw([INVALID[0], good[0], *INVALID[1:], OTHER_CONTENT, good[1]])
    flow.notification_queue.send_raw(NO_NOTIFICATION)
    wait_until(lambda: flow.task_dlq.size() == 6 and flow.notification_dlq.size() == 1)
    yield flow, invoice
    local_cloud.reset(account)


class test_dead_letters:
    @pytest.fixture
    def flow(self, flow_and_invoice):
        return flow_and_invoice[0]

    def test_hold_what_is_invalid_untouched(self, flow):
        bodies = [message['Body'] for message in flow.task_dlq.receive(10)]
        assert sorted(bodies) == sorted([*INVALID, OTHER_CONTENT])

    def test_hold_back_no_good_order_of_their_batch(self, flow):
        assert flow.s3.find_files(flow.BUCKET) == ['A-1.json', 'A-2.json', 'A-3.json']
        found = sorted((logged['order_id'], logged['final_total']) for logged in flow.notifications())
        assert found == [('A-1', 5.0), ('A-2', 5.0), ('A-3', 4.5)]

    def test_leave_the_first_invoice_of_their_order_id_as_it_is(self, flow_and_invoice):
        flow, invoice = flow_and_invoice
        assert flow.wait_for_invoice('A-1') == invoice

    def test_hold_what_is_no_notification(self, flow):
        assert [message['Body'] for message in flow.notification_dlq.receive(10)] == [NO_NOTIFICATION]


class test_Order_Load:
    def test_of_many_orders_none_is_lost_or_doubled_and_the_invalid_are_dead_letters(self, session_kwargs):
        # four seconds: on a machine that is busy with other tests, a batch may take two, and come again
        flow, orders = set_up(session_kwargs, seconds=4), Made_Orders(200, 'RUN', invalid=5, seed=2)
        result = Order_Load(flow, orders, 'RUN').run()
        assert result.pop('seconds') > 0
        assert result.pop('orders_per_second') > 0
        assert result == {
            'orders': 200,
            'invalid': 10,
            'invoices': 190,
            'notifications': 190,
            'repeated': 0,
            'dead_letters': 10,
            'ok': True,
        }
        for order_id in list(orders.good)[:20]:
            made = json.loads(orders.good[order_id], parse_float=Decimal)
            subtotal = sum(item['price'] * item['quantity'] for item in made['items'])
            assert Decimal(str(flow.wait_for_invoice(order_id)['subtotal'])) == subtotal, order_id

    def test_one_order_at_a_time_none_is_lost_or_doubled(self, session_kwargs):
        flow = Order_Flow(AWS_Session(session_kwargs), batch_size=1).setup()
        result = Order_Load(flow, Made_Orders(100, 'RUN'), 'RUN').run()
        assert (result['invoices'], result['notifications'], result['repeated'], result['ok']) == (100, 100, 0, True)

    def test_an_order_that_does_not_arrive_is_noticed(self, session_kwargs):
        orders = Made_Orders(5, 'RUN')
        orders.good['RUN-000099'] = order('RUN-000005')  # as if another order had taken its id
        assert Order_Load(set_up(session_kwargs, seconds=1), orders, 'RUN').run()['ok'] is False

    def test_a_dead_letter_that_was_changed_is_noticed(self, session_kwargs):
        orders = Made_Orders(5, 'RUN', invalid=100)
        orders.bodies = lambda: [body + ' ' for body in orders.bad.values()]
        assert Order_Load(set_up(session_kwargs, seconds=1), orders, 'RUN').run()['ok'] is False
