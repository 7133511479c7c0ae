import json

import pytest

from osbot_lambda.shell.Lambda_Shell import lambda_shell

KEY = 'a key, ü'
REFUSED = {'lambda_shell': {'status': 'refused'}}


@pytest.fixture
def handler():
    seen = []

    @lambda_shell
    def run(event, context):
        """What the handler says of itself."""
        seen.append(event)
        return {'seen': event}

    run.seen = seen
    return run


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv('LAMBDA_SHELL__AUTH_KEY', KEY)


def request(method_name='ping', auth_key=KEY, **method_kwargs):
    return {'lambda_shell': {'method_name': method_name, 'method_kwargs': method_kwargs, 'auth_key': auth_key}}


class test_Lambda_Shell:
    def test_the_right_key_opens_it(self, handler, key):
        assert handler(request(), None) == {
            'lambda_shell': {'status': 'ok', 'method_name': 'ping', 'return_value': 'pong'}
        }
        assert handler.seen == []

    @pytest.mark.parametrize(
        'given', ['', 'a key', KEY + ' ', None, 1, True, [KEY], {'a': 1}, '\ud800'], ids=lambda given: repr(given)
    )
    def test_another_key_is_refused_and_the_handler_does_not_run(self, handler, key, given):
        assert handler(request(auth_key=given), None) == REFUSED
        assert handler.seen == []

    def test_without_a_key_in_the_request_it_is_refused(self, handler, key):
        assert handler({'lambda_shell': {'method_name': 'ping'}}, None) == REFUSED
        assert handler({'lambda_shell': {}}, None) == REFUSED

    @pytest.mark.parametrize('given', ['', KEY, None])
    def test_without_a_key_in_the_environment_it_is_off_and_says_the_same(self, handler, given):
        assert handler(request(auth_key=given), None) == REFUSED
        assert handler.seen == []

    @pytest.mark.parametrize('value', ['', KEY])
    def test_an_empty_key_in_the_environment_means_off(self, handler, monkeypatch, value):
        monkeypatch.setenv('LAMBDA_SHELL__AUTH_KEY', '')
        assert handler(request(auth_key=value), None) == REFUSED

    def test_a_refusal_does_not_say_what_was_wrong(self, handler, key):
        assert handler(request('no_such_method', auth_key='x'), None) == handler(request(auth_key='x'), None)

    def test_a_refusal_is_logged_without_the_key(self, handler, key, caplog):
        handler(request(auth_key='guess'), None)
        assert caplog.messages == ['a request to the shell was refused']

    @pytest.mark.parametrize(
        'event',
        [None, [], ['lambda_shell'], 'lambda_shell', 0, {}, {'lambda_shell': 'text'}, {'lambda_shell': None}, {'a': 1}],
        ids=json.dumps,
    )
    def test_what_is_not_for_the_shell_reaches_the_handler_untouched(self, handler, key, event):
        assert handler(event, None) == {'seen': event}
        assert handler.seen == [event]

    def test_what_the_handler_raises_comes_through(self, key):
        @lambda_shell
        def run(event, context):
            raise LookupError('its own')

        with pytest.raises(LookupError, match='its own'):
            run({}, None)

    def test_the_handler_keeps_its_name_and_docstring(self, handler):
        assert (handler.__name__, handler.__doc__) == ('run', 'What the handler says of itself.')

    def test_a_key_that_is_changed_counts_from_the_next_request_on(self, handler, key, monkeypatch):
        monkeypatch.setenv('LAMBDA_SHELL__AUTH_KEY', 'another')
        assert handler(request(), None) == REFUSED
        assert handler(request(auth_key='another'), None)['lambda_shell']['status'] == 'ok'

    def test_processes_end_before_the_function_has_to(self, handler, key):
        class Context:
            def get_remaining_time_in_millis(self):
                return 1_100

        answer = handler(request('bash', command='sleep 60'), Context())['lambda_shell']['return_value']
        assert answer['exit_code'] is None
        assert answer['error'] == 'it was ended after 0.1 s: the function had to answer'
