"""The server side of Lambda's Runtime API, for one worker."""

import select
import socket
from typing import Optional

from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Runtime_Api__Connection import Runtime_Api__Connection
from osbot_lambda.runtime.Worker_Event import Worker_Event


class Runtime_Api:
    """The server side of Lambda's Runtime API, for one worker, on a loopback port of its own.

    No thread: who drives the worker waits with the poller, and hands over what it reports with handle(). A worker's
    GET .../next stays open until send_event() answers it.
    Source : AWS "Lambda runtime API" (2018-06-01).
    """

    BASE = '/2018-06-01/runtime/'

    def __init__(self, poller: select.poll):
        self._poller = poller
        self._listener = socket.create_server(('127.0.0.1', 0), backlog=8)
        self._listener.setblocking(False)
        self._poller.register(self._listener, select.POLLIN)
        self._connections: dict[int, Runtime_Api__Connection] = {}
        self._waiting: Optional[Runtime_Api__Connection] = None
        self._request_id: Optional[str] = None
        self.address = f'127.0.0.1:{self._listener.getsockname()[1]}'

    def send_event(self, invocation: Invocation, deadline_ms: int) -> None:
        """Give the waiting worker an event; deadline_ms is milliseconds since the epoch."""
        self._request_id = invocation.request_id
        connection, self._waiting = self._waiting, None
        if connection is None:  # it closed its connection: nothing will come before the deadline, or its end
            return
        headers = {
            'Lambda-Runtime-Aws-Request-Id': invocation.request_id,
            'Lambda-Runtime-Deadline-Ms': str(deadline_ms),
            'Lambda-Runtime-Invoked-Function-Arn': invocation.invoked_arn,
        }
        if invocation.trace_id:
            headers['Lambda-Runtime-Trace-Id'] = invocation.trace_id
        if invocation.client_context:
            headers['Lambda-Runtime-Client-Context'] = invocation.client_context
        one_line = {name: value.replace('\r', ' ').replace('\n', ' ') for name, value in headers.items()}
        if not connection.answer(200, invocation.payload, one_line):
            self._poller.modify(connection, select.POLLIN | select.POLLOUT)

    def handle(self, fd: int, mask: int) -> list[Worker_Event]:
        """Do what poll() reported about one of our sockets."""
        if fd == self._listener.fileno():
            self._accept()
            return []
        connection = self._connections.get(fd)
        if connection is None:
            return []
        if mask & select.POLLOUT and connection.flush():
            self._poller.modify(connection, select.POLLIN)
        if not mask & ~select.POLLOUT:
            return []
        if not connection.read():
            self._drop(connection)
            return []
        return self._requests(connection)

    def disconnect(self) -> None:
        """Close the connections; another worker may come."""
        for connection in list(self._connections.values()):
            self._drop(connection)
        self._request_id = None

    def close(self) -> None:
        """Close everything."""
        self.disconnect()
        self._poller.unregister(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        try:
            connection = Runtime_Api__Connection(self._listener.accept()[0])
        except OSError:  # gone again
            return
        self._connections[connection.fileno()] = connection
        self._poller.register(connection, select.POLLIN)

    def _drop(self, connection: Runtime_Api__Connection) -> None:
        del self._connections[connection.fileno()]
        self._poller.unregister(connection)
        connection.close()
        if self._waiting is connection:
            self._waiting = None

    def _requests(self, connection: Runtime_Api__Connection) -> list[Worker_Event]:
        events: list[Worker_Event] = []
        try:
            while request := connection.request():
                event = self._answer(connection, *request)
                if event:
                    events.append(event)
        except ValueError:
            self._drop(connection)
        if connection.too_large:
            events.append(Worker_Event('too_large'))
        return events

    def _answer(
        self, connection: Runtime_Api__Connection, method: str, path: str, body: bytes
    ) -> Optional[Worker_Event]:
        what = path.removeprefix(self.BASE)
        if method == 'GET' and what == 'invocation/next':
            self._waiting = connection
            return Worker_Event('next')
        if method == 'POST' and what == 'init/error':
            connection.answer(202, b'{"status":"OK"}\n', {})
            return Worker_Event('init_error', body)
        if method == 'POST' and self._request_id and what == f'invocation/{self._request_id}/response':
            self._request_id = None
            connection.answer(202, b'{"status":"OK"}\n', {})
            return Worker_Event('response', body)
        if method == 'POST' and self._request_id and what == f'invocation/{self._request_id}/error':
            self._request_id = None
            connection.answer(202, b'{"status":"OK"}\n', {})
            return Worker_Event('error', body)
        if what.startswith('invocation/'):
            connection.answer(400, b'{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}\n', {})
        else:
            connection.answer(404, b'{"errorMessage":"Not found","errorType":"NotFound"}\n', {})
        return None
