from contextlib import ExitStack

import pytest

from osbot_lambda.errors import Local_Cloud__Error, Local_Cloud__Not_Running
from osbot_lambda.local.Control_Client import Control_Client
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.Http_Server import Http_Server


@pytest.fixture
def client():
    """client(answer): of a server that gives this answer to everything."""
    with ExitStack() as servers:

        def made(answer):
            server = servers.enter_context(Http_Server(lambda request, peer: answer))
            return Control_Client(f'http://127.0.0.1:{server.port}/')

        yield made


class test_Control_Client:
    def test_the_answer_is_a_dict(self, client):
        assert client(Http_Response(200, (), b'{"a": 1}')).ask('x', {}) == {'a': 1}

    def test_an_error_is_ours_with_what_was_said(self, client):
        with pytest.raises(Local_Cloud__Error, match='calls: the local cloud answered 404: not here'):
            client(Http_Response(404, (), b'not here')).ask('calls', {})

    def test_what_is_no_json_is_no_local_cloud(self, client):
        with pytest.raises(Local_Cloud__Error, match='gave no JSON'):
            client(Http_Response(200, (), b'<html>')).ask('calls', {})

    def test_nobody_there(self):
        with pytest.raises(Local_Cloud__Not_Running, match='no answer from http'):
            Control_Client('http://127.0.0.1:1').ask('calls', {})
