import pytest
from app.processors import InvalidOrder, parse_order

from order_app.Made_Orders import Made_Orders


class test_Made_Orders:
    def test_the_same_seed_makes_the_same_orders(self):
        assert Made_Orders(50, 'R', 10, seed=7).bodies() == Made_Orders(50, 'R', 10, seed=7).bodies()
        assert Made_Orders(50, 'R', 10, seed=7).bodies() != Made_Orders(50, 'R', 10, seed=8).bodies()

    @pytest.mark.parametrize(('invalid', 'bad'), [(0, 0), (5, 10), (33.3, 67), (100, 200)])
    def test_exactly_so_many_are_invalid(self, invalid, bad):
        orders = Made_Orders(200, 'R', invalid)
        assert (len(orders.good), len(orders.bad), len(orders.bodies())) == (200 - bad, bad, 200)

    def test_the_good_are_accepted_and_the_bad_refused(self):
        orders = Made_Orders(500, 'R', 50)
        for order_id, body in orders.good.items():
            assert parse_order(body)['order_id'] == order_id
        for order_id, body in orders.bad.items():
            assert order_id in body
            with pytest.raises(InvalidOrder):
                parse_order(body)
