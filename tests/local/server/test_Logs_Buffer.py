import threading

from osbot_lambda.local.server.Logs_Buffer import Logs_Buffer

WHERE = ('123456789012', 'us-east-1', '/aws/lambda/f', 'stream')


class test_Logs_Buffer:
    def test_nothing_is_handed_over_before_somebody_asks(self):
        put = []
        buffer = Logs_Buffer(lambda *what: put.append(what))
        buffer.write(*WHERE, [(1, 'a')])
        buffer.write(*WHERE, [(2, 'b'), (3, 'c')])
        assert (put, buffer.waiting()) == ([], 3)
        buffer.flush()
        assert (put, buffer.waiting()) == ([(*WHERE, [(1, 'a'), (2, 'b'), (3, 'c')])], 0)
        buffer.flush()
        assert len(put) == 1

    def test_many_events_are_handed_over_without_being_asked_for(self):
        put = threading.Event()
        buffer = Logs_Buffer(lambda *what: put.set())
        buffer.write(*WHERE, [(1, 'a')] * Logs_Buffer.LARGE)
        assert put.wait(20)

    def test_what_somebody_listens_to_is_handed_over_at_once(self):
        put, both = [], threading.Event()

        def keep(account_id, region, group, stream, events):
            put.extend(message for _, message in events)
            if len(put) == 2:
                both.set()

        listened, others = WHERE, ('123456789012', 'us-east-1', 'other', 'stream')
        buffer = Logs_Buffer(keep, lambda *where: where == WHERE[:3])
        buffer.write(*others, [(1, 'kept')])
        assert buffer.waiting() == 1
        buffer.write(*listened, [(2, 'a')])
        assert both.wait(20)
        both.clear()
        put.clear()
        for message in ('b', 'c'):  # also while the flusher is just ending
            buffer.write(*listened, [(3, message)])
        assert both.wait(20)
        assert put == ['b', 'c']

    def test_a_flush_waits_for_the_one_that_is_going_on(self):
        begun, go_on, put = threading.Event(), threading.Event(), []

        def slowly(*what):
            begun.set()
            go_on.wait(20)
            put.append(what)

        buffer = Logs_Buffer(slowly)
        buffer.write(*WHERE, [(1, 'a')] * Logs_Buffer.LARGE)
        assert begun.wait(20)
        asked = threading.Thread(target=buffer.flush)
        asked.start()
        assert put == []
        go_on.set()
        asked.join(20)
        assert len(put) == 1

    def test_one_bad_group_does_not_lose_the_others(self, caplog):
        put = []

        def picky(account_id, region, group, stream, events):
            if group == 'bad':
                raise ValueError(group)
            put.append(group)

        buffer = Logs_Buffer(picky)
        for group in ('good', 'bad', 'better'):
            buffer.write('123456789012', 'us-east-1', group, 'stream', [(1, 'a')])
        buffer.flush()
        assert put == ['good', 'better']
        assert 'could not store 1 log events of bad' in caplog.text

    def test_reset_forgets_one_account_or_all(self):
        put = []
        buffer = Logs_Buffer(lambda *what: put.append(what[0]))
        for account_id in ('111111111111', '222222222222', '333333333333'):
            buffer.write(account_id, 'us-east-1', 'group', 'stream', [(1, 'a')])
        buffer.reset('222222222222')
        assert buffer.waiting() == 2
        buffer.flush()
        assert put == ['111111111111', '333333333333']
        buffer.write(*WHERE, [(1, 'a')])
        buffer.reset()
        assert buffer.waiting() == 0
