import pydantic


class Line(pydantic.BaseModel):
    sku: str
    quantity: pydantic.PositiveInt


class Order(pydantic.BaseModel):
    lines: list[Line]


def run(event, context):
    order = Order.model_validate_json('{"lines": [{"sku": "tea", "quantity": "2"}]}')
    assert order.model_dump() == {'lines': [{'sku': 'tea', 'quantity': 2}]}
    try:
        Line(sku='tea', quantity=0)
    except pydantic.ValidationError as error:
        [wrong] = error.errors()
    assert wrong['type'] == 'greater_than'
    return pydantic.VERSION


run({}, None)
