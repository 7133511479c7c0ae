from pathlib import Path

ORDER_APP = Path(__file__).parents[2] / 'order_app'

MISSION_ORDER = {
    'order_id': 'ORD-12345',
    'items': [
        {'name': 'Laptop', 'price': 200.99, 'quantity': 1},
        {'name': 'Mouse', 'price': 30.99, 'quantity': 2},
        {'name': 'Keyboard', 'price': 12.99, 'quantity': 1},
    ],
    'promo_code': 'SAVE10',
}
