import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Shared import Deploy_Shared


def at_once(shared, count, work):
    """What `work` returns, or raises, in `count` threads that begin together."""
    together = threading.Barrier(count)

    def one(number):
        with shared.used():
            together.wait()
            try:
                return work(number)
            except ValueError as error:
                return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


class test_Deploy_Shared:
    def test_the_first_makes_it_and_the_others_have_the_same(self):
        made = []

        def make():
            made.append(threading.get_ident())
            return object()

        found = at_once(Deploy_Shared(), 8, lambda _: Deploy_Shared.once('role', 'r', None, make))
        assert len(set(found)) == len(made) == 1

    def test_others_are_made_by_themselves(self):
        found = at_once(Deploy_Shared(), 4, lambda number: Deploy_Shared.once('layer', number % 2, None, object))
        assert len(set(found)) == 2

    def test_kinds_do_not_mix(self):
        with Deploy_Shared().used():
            assert Deploy_Shared.once('role', 'x', None, lambda: 1) == 1
            assert Deploy_Shared.once('layer', 'x', None, lambda: 2) == 2

    def test_clouds_do_not_mix(self):
        sessions = [
            AWS_Session({'aws_access_key_id': f'11111111111{n}', 'endpoint_url': 'http://127.0.0.1:4566'}) for n in '12'
        ]
        with Deploy_Shared().used():
            assert [Deploy_Shared.once('role', 'x', each, object) for each in sessions] == [
                Deploy_Shared.once('role', 'x', each, object) for each in sessions
            ]
            assert len({Deploy_Shared.once('role', 'x', each, object) for each in sessions}) == 2

    def test_one_that_fails_fails_for_all_and_is_tried_once(self):
        tried = []

        def make():
            tried.append(1)
            raise ValueError('no role for you')

        found = at_once(Deploy_Shared(), 4, lambda _: Deploy_Shared.once('role', 'r', None, make))
        assert [str(error) for error in found] == ['no role for you'] * 4
        assert len(tried) == 1

    def test_a_deploy_by_itself_makes_its_own(self):
        assert Deploy_Shared.once('role', 'r', None, object) is not Deploy_Shared.once('role', 'r', None, object)

    def test_what_was_made_is_forgotten_with_the_block(self):
        found = []
        for _ in range(2):
            with Deploy_Shared().used():
                found.append(Deploy_Shared.once('role', 'r', None, object))
        assert found[0] is not found[1]

    def test_a_block_that_raises_ends(self):
        def cut():
            with Deploy_Shared().used():
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            cut()
        assert Deploy_Shared._current.get() is None
