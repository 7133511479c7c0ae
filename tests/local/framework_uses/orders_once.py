"""Powertools: an order that comes twice is paid once."""

from uuid import uuid4

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent

config = IdempotencyConfig(event_key_jmespath='order_id')


@idempotent(config=config, persistence_store=DynamoDBPersistenceLayer(table_name='payments'))
def run(event, context):
    if event.get('fails'):
        raise RuntimeError('no money')
    return {'payment': str(uuid4()), 'order': event['order_id']}
