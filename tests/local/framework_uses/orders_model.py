"""pydantic, which comes from a layer."""

import os
from decimal import Decimal

import pydantic


class Order(pydantic.BaseModel):
    id: str
    price: Decimal = pydantic.Field(gt=0)


def run(event, context):
    try:
        order = Order.model_validate(event)
    except pydantic.ValidationError as error:
        return {'wrong': [field['loc'] for field in error.errors()]}
    place = {'from': pydantic.__file__, 'task_root': os.environ['LAMBDA_TASK_ROOT']}
    return {'order': order.model_dump(mode='json'), **place}
