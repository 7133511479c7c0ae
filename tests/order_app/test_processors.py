import json
import random
import time
from decimal import Decimal

import pytest
from app.processors import (
    InvalidOrder,
    apply_discount,
    build_invoice,
    calculate_order_total,
    parse_order,
    same_order,
    validate_order,
)

TEA = {'name': 'tea', 'price': 2.5, 'quantity': 2}


def in_cents(text: str) -> int:
    """'12.34' is 1234: an oracle that knows neither Decimal nor float."""
    whole, _, part = text.partition('.')
    return int(whole) * 100 + int(part.ljust(2, '0'))


def made_order(seed: int) -> tuple[str, list[tuple[int, int]], int]:
    """A JSON body, its lines as (cents, quantity), and the discount in percent."""
    rng = random.Random(seed)
    lines = [(rng.randrange(1, 10**6), rng.randrange(1, 200)) for _ in range(rng.randrange(1, 12))]
    promo, percent = rng.choice([('"SAVE10"', 10), ('"SAVE20"', 20), ('"NOBODY"', 0), ('null', 0)])
    items = ', '.join(
        f'{{"name": "x", "price": {cents // 100}.{cents % 100:02}, "quantity": {quantity}}}'
        for cents, quantity in lines
    )
    return f'{{"order_id": "ORD-{seed}", "items": [{items}], "promo_code": {promo}}}', lines, percent


class test_validate_order:
    def test_items_with_quantity_and_price_above_zero_are_valid(self):
        assert validate_order([TEA, {'name': 'pot', 'price': Decimal('0.01'), 'quantity': 1}]) is True

    @pytest.mark.parametrize('items', [[], {}, None, 'tea', 5, [[]], [None], ['tea']], ids=repr)
    def test_what_is_no_list_of_items_is_refused(self, items):
        assert validate_order(items) is False

    @pytest.mark.parametrize(
        'quantity', [0, -1, True, '2', 1.5, 2.0, Decimal(2), None, float('nan'), [1], 10_001], ids=repr
    )
    def test_refuses_a_quantity_of(self, quantity):
        assert validate_order([{**TEA, 'quantity': quantity}]) is False

    @pytest.mark.parametrize(
        'price',
        [0, -1, 0.0, -0.01, True, '2.50', None, [2], float('nan'), float('inf'), Decimal('NaN'), Decimal('sNaN')]
        + [Decimal('Infinity'), Decimal('1E+400'), Decimal('1E-999999999'), Decimal('1000000.01'), 10**5000],
        ids=lambda price: str(price)[:12] if type(price) is not int else f'int of {price.bit_length()} bits',
    )
    def test_refuses_a_price_of(self, price):
        assert validate_order([{**TEA, 'price': price}]) is False

    @pytest.mark.parametrize('missing', ['price', 'quantity'])
    def test_refuses_an_item_without(self, missing):
        assert validate_order([{name: value for name, value in TEA.items() if name != missing}]) is False

    def test_one_bad_item_is_enough(self):
        assert validate_order([TEA, {**TEA, 'quantity': 0}, TEA]) is False

    def test_a_name_that_is_no_text_is_refused(self):
        assert validate_order([{**TEA, 'name': 5}]) is False

    def test_a_thousand_lines_are_the_most(self):
        assert validate_order([TEA] * 1000) is True
        assert validate_order([TEA] * 1001) is False


class test_money:
    def test_the_mission_order(self, mission_order):
        subtotal = calculate_order_total(mission_order['items'])
        assert subtotal == Decimal('275.96')
        assert apply_discount(subtotal, 'SAVE10') == (Decimal('248.36'), Decimal('27.60'))

    @pytest.mark.parametrize(
        ('subtotal', 'discount'),
        [('0.05', '0.01'), ('0.04', '0.00'), ('0.15', '0.02'), ('0.25', '0.03'), ('10.05', '1.01'), ('2.675', '0.27')],
    )
    def test_half_a_cent_goes_up(self, subtotal, discount):
        assert apply_discount(Decimal(subtotal), 'SAVE10')[1] == Decimal(discount)

    @pytest.mark.parametrize(('price', 'total'), [('1.005', '1.01'), ('1.004999', '1.00'), ('0.015', '0.02')])
    def test_a_subtotal_is_rounded_to_whole_cents(self, price, total):
        assert calculate_order_total([{'price': Decimal(price), 'quantity': 1}]) == Decimal(total)

    def test_it_is_rounded_once_not_line_by_line(self):
        assert calculate_order_total([{'price': Decimal('0.004'), 'quantity': 1}] * 3) == Decimal('0.01')

    def test_floats_count_as_they_are_written(self):
        assert calculate_order_total([{'price': 0.1, 'quantity': 3}]) == Decimal('0.30')
        assert calculate_order_total([{'price': 1.005, 'quantity': 1}]) == Decimal('1.01')

    @pytest.mark.parametrize('promo_code', [None, '', 'NOBODY', 'save10', ' SAVE10'])
    def test_no_discount_for(self, promo_code):
        assert apply_discount(Decimal('10.00'), promo_code) == (Decimal('10.00'), Decimal('0.00'))

    @pytest.mark.parametrize('first_seed', range(0, 2000, 500))
    def test_it_agrees_with_whole_cents_over_made_orders(self, first_seed):
        for seed in range(first_seed, first_seed + 500):
            body, lines, percent = made_order(seed)
            order = parse_order(body)
            subtotal = calculate_order_total(order['items'])
            final_total, discount = apply_discount(subtotal, order['promo_code'])
            subtotal_cents = sum(cents * quantity for cents, quantity in lines)
            discount_cents = (subtotal_cents * percent + 50) // 100
            found = [in_cents(str(amount)) for amount in (subtotal, discount, final_total)]
            assert found == [subtotal_cents, discount_cents, subtotal_cents - discount_cents], f'seed {seed}'

    def test_the_largest_order_keeps_its_cents_as_a_json_number(self):
        items = [{'name': 'x', 'price': Decimal('999999.99'), 'quantity': 10_000}] * 1000
        assert validate_order(items)
        total = calculate_order_total(items)
        assert json.dumps(total, default=float) == '9999999900000.0'
        assert json.dumps(total - Decimal('0.01'), default=float) == '9999999899999.99'


class test_parse_order:
    def test_numbers_with_a_point_are_decimals(self):
        order = parse_order('{"order_id": "A", "items": [{"name": "x", "price": 0.1, "quantity": 1}]}')
        assert order['items'][0]['price'] == Decimal('0.1')

    @pytest.mark.parametrize(
        'body',
        ['', 'no', '{', '[]', '"x"', 'null', '5', 'NaN', '[' * 100_000, '9' * 5000, '1e99999999999999999999', '\ud800'],
        ids=lambda body: repr(body[:12]),
    )
    def test_refuses_a_body_like(self, body):
        with pytest.raises(InvalidOrder, match='the body is not'):
            parse_order(body)

    @pytest.mark.parametrize('price', ['NaN', 'Infinity', '-Infinity', '1e400', '"5"', 'true', 'null', '0', '-0.0'])
    def test_refuses_a_price_written_as(self, price):
        with pytest.raises(InvalidOrder):
            parse_order(f'{{"order_id": "A", "items": [{{"name": "x", "price": {price}, "quantity": 1}}]}}')

    @pytest.mark.parametrize('order_id', ['A', 'ORD-12345', '0', 'a.b_c-d', 'x' * 128, '-', '_.'])
    def test_an_order_id_may_be(self, order_id):
        assert parse_order(json.dumps({'order_id': order_id, 'items': [TEA]}))['order_id'] == order_id

    @pytest.mark.parametrize(
        'order_id',
        ['', '.', '..', '.hidden', 'a..b', 'a/b', '../a', 'a b', 'a\n', 'é', 'x' * 129, 'a%2Fb', 'a\\b', 5, None, []],
        ids=lambda order_id: repr(order_id)[:12],
    )
    def test_an_order_id_may_not_be(self, order_id):
        with pytest.raises(InvalidOrder, match='order_id'):
            parse_order(json.dumps({'order_id': order_id, 'items': [TEA]}))

    def test_an_order_without_an_id_is_refused(self):
        with pytest.raises(InvalidOrder, match='order_id'):
            parse_order(json.dumps({'items': [TEA]}))

    @pytest.mark.parametrize('promo_code', [5, True, ['SAVE10'], {}], ids=repr)
    def test_a_promo_code_may_not_be(self, promo_code):
        with pytest.raises(InvalidOrder, match='promo_code'):
            parse_order(json.dumps({'order_id': 'A', 'items': [TEA], 'promo_code': promo_code}))

    def test_no_items_are_refused(self):
        with pytest.raises(InvalidOrder, match='items'):
            parse_order('{"order_id": "A", "items": []}')


class test_invoice:
    def test_it_has_the_mission_shape(self, mission_order):
        before = time.time()
        invoice = build_invoice(
            mission_order['order_id'],
            mission_order['items'],
            Decimal('275.96'),
            'SAVE10',
            Decimal('27.60'),
            Decimal('248.36'),
        )
        written = json.loads(json.dumps(invoice, default=float))
        timestamp = written.pop('timestamp')
        assert written == {
            'order_id': 'ORD-12345',
            'items': mission_order['items'],
            'item_count': 3,
            'subtotal': 275.96,
            'promo_code': 'SAVE10',
            'discount': 27.6,
            'final_total': 248.36,
            'status': 'completed',
        }
        assert isinstance(timestamp, float)
        assert before <= timestamp <= time.time()

    def test_the_same_order_is_known_whenever_its_invoice_was_made(self):
        items = [{'name': 'x', 'price': Decimal('0.10'), 'quantity': 1, 'weight': Decimal('0.12345678901234567890')}]
        one = build_invoice('A', items, Decimal('0.10'), None, Decimal('0.00'), Decimal('0.10'))
        read_back = json.loads(json.dumps({**one, 'timestamp': 1.0}, default=float), parse_float=Decimal)
        assert same_order(one, read_back)

    @pytest.mark.parametrize(
        'change',
        [{'order_id': 'B'}, {'promo_code': 'SAVE10'}, {'items': []}, {'items': [{**TEA, 'quantity': 3}]}],
        ids=str,
    )
    def test_another_order_is_told_apart(self, change):
        one = build_invoice('A', [TEA], Decimal(5), None, Decimal(0), Decimal(5))
        assert not same_order(one, {**one, **change})
