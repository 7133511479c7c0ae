import json
import random
from typing import Any

BAD_ITEM = {'name': 'broken', 'price': 1, 'quantity': 0}


class Made_Orders:
    """Orders made by chance from a seed: the same arguments make the same orders.

    Shapes : good and bad map the orders' ids to message bodies; each id begins with run_id, and each body, also a bad
             one, holds its id. A bad order is one that task_lambda refuses.
    Units  : invalid is percent of count.
    """

    def __init__(self, count: int, run_id: str, invalid: float = 0, seed: int = 0):
        self.rng = random.Random(f'{seed} {count} {invalid}')
        self.good: dict[str, str] = {}
        self.bad: dict[str, str] = {}
        numbers = range(1, count + 1)
        bad_numbers = set(self.rng.sample(numbers, round(count * invalid / 100)))
        for number in numbers:
            order_id = f'{run_id}-{number:06d}'
            if number in bad_numbers:
                self.bad[order_id] = self._bad_body(order_id)
            else:
                self.good[order_id] = json.dumps(self._order(order_id))

    def bodies(self) -> list[str]:
        """All of them, good and bad in one line."""
        together = {**self.good, **self.bad}
        return [together[order_id] for order_id in sorted(together)]

    def _order(self, order_id: str) -> dict[str, Any]:
        return {
            'order_id': order_id,
            'items': [self._item() for _ in range(self.rng.randint(1, 5))],
            'promo_code': self.rng.choice(['SAVE10', 'SAVE20', 'NOBODY', None]),
        }

    def _item(self) -> dict[str, Any]:
        name = self.rng.choice(['Laptop', 'Mouse', 'Keyboard', 'Screen'])
        return {'name': name, 'price': self.rng.randint(1, 100_000) / 100, 'quantity': self.rng.randint(1, 9)}

    def _bad_body(self, order_id: str) -> str:
        order = self._order(order_id)
        return self.rng.choice(
            [
                f'{order_id} is no JSON',
                json.dumps({**order, 'items': []}),
                json.dumps({**order, 'items': [*order['items'], BAD_ITEM]}),
                json.dumps({**order, 'items': [{**order['items'][0], 'price': '9.99'}]}),
                json.dumps({**order, 'order_id': f'../{order_id}'}),
            ]
        )
