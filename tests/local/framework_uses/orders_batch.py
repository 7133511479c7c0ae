"""Powertools: messages one by one, those that fail are reported; a structured log."""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

processor = BatchProcessor(event_type=EventType.SQS)
logger = Logger(service='orders')


def one(record):
    order = record.json_body
    if order['price'] < 0:
        raise ValueError(f'a price of {order["price"]}')
    logger.info('sold', order=order['id'])
    return order['id']


@logger.inject_lambda_context(correlation_id_path='Records[0].messageId')
def run(event, context):
    return process_partial_response(event=event, record_handler=one, processor=processor, context=context)
