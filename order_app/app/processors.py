"""The rules of an order. No AWS in here.

Money is Decimal from the first byte to the last, rounded half up to whole cents: floats can't hold 0.10.
"""

import json
import re
import time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal('0.01')
PROMO_CODES = {'SAVE10': Decimal('0.10'), 'SAVE20': Decimal('0.20')}

SAFE_ORDER_ID = re.compile(r'(?!\.)(?!.*\.\.)[A-Za-z0-9._-]{1,128}')  # it becomes an S3 key

# Within these the largest total has 15 digits, which a JSON number carries exactly.
MAX_LINES = 1_000
MAX_PRICE = 1_000_000
MAX_PRICE_DECIMALS = 6
MAX_QUANTITY = 10_000


class InvalidOrder(ValueError):
    """An order that no retry will make right."""


def parse_order(body: str) -> dict[str, Any]:
    """The order in a message's body, its numbers as Decimal; InvalidOrder says what is wrong with it."""
    try:
        order = json.loads(body, parse_float=Decimal, parse_constant=_not_json)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidOrder(f'the body is not JSON: {error}') from error
    if not isinstance(order, dict):
        raise InvalidOrder('the body is not a JSON object')
    order_id, promo_code = order.get('order_id'), order.get('promo_code')
    if not isinstance(order_id, str) or not SAFE_ORDER_ID.fullmatch(order_id):
        raise InvalidOrder('order_id is not 1 to 128 of A-Z a-z 0-9 . _ - without a leading or double dot')
    if not isinstance(promo_code, str | None):
        raise InvalidOrder('promo_code is not a text')
    if not validate_order(order.get('items')):
        raise InvalidOrder('items are missing, or one has a quantity or price that is not a number above zero')
    return order


def validate_order(items: Any) -> bool:
    """Whether there is at least one item, and each has a quantity and a price above zero."""
    return isinstance(items, list) and 0 < len(items) <= MAX_LINES and all(map(_valid_item, items))


def calculate_order_total(items: list[dict[str, Any]]) -> Decimal:
    """The subtotal: price times quantity of every line, in whole cents."""
    return _cents(sum((_decimal(item['price']) * item['quantity'] for item in items), Decimal(0)))


def apply_discount(subtotal: Decimal, promo_code: str | None) -> tuple[Decimal, Decimal]:
    """(final_total, discount_amount); a code that nobody knows gives no discount."""
    discount = _cents(_decimal(subtotal) * PROMO_CODES.get(promo_code or '', Decimal(0)))
    return _decimal(subtotal) - discount, discount


def build_invoice(
    order_id: str,
    items: list[dict[str, Any]],
    subtotal: Decimal,
    promo_code: str | None,
    discount: Decimal,
    final_total: Decimal,
) -> dict[str, Any]:
    """The invoice: item_count counts lines, not units; timestamp is epoch seconds."""
    return {
        'order_id': order_id,
        'items': items,
        'item_count': len(items),
        'subtotal': subtotal,
        'promo_code': promo_code,
        'discount': discount,
        'final_total': final_total,
        'status': 'completed',
        'timestamp': time.time(),
    }


def same_order(invoice: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two invoices, made or read back, are for the same order; when each was made has no say."""
    return _order_as_stored(invoice) == _order_as_stored(other)


def _valid_item(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get('name', ''), str):
        return False
    quantity, price = item.get('quantity'), item.get('price')
    if type(quantity) is not int or not 0 < quantity <= MAX_QUANTITY:  # a bool is an int too
        return False
    if isinstance(price, bool) or not isinstance(price, int | float | Decimal):
        return False
    amount = _decimal(price)
    return amount.is_finite() and 0 < amount <= MAX_PRICE and amount == round(amount, MAX_PRICE_DECIMALS)


def _decimal(number: Decimal | float) -> Decimal:
    """The number as it is written: 200.99 is Decimal('200.99'), not the nearest binary fraction."""
    return Decimal(str(number)) if isinstance(number, float) else Decimal(number)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _order_as_stored(invoice: dict[str, Any]) -> Any:
    return json.loads(json.dumps([invoice.get(name) for name in ('order_id', 'items', 'promo_code')], default=float))


def _not_json(constant: str) -> None:
    raise ValueError(f'{constant} is no JSON number')
