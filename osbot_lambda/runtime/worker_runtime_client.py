"""Stands in for awslambdaric's compiled runtime_client, where that doesn't fit the interpreter.

Runs by itself, copied into the runtime folder as runtime_client.py, with nothing of osbot_lambda to import, on Python
3.8 and later. The same functions, requests and errors as the compiled module's; one connection, kept open, no timeouts:
an environment may wait for its next event for hours.
"""

import _socket  # socket brings selectors, enum and more, which a function would then find loaded
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

_BASE = '/2018-06-01/runtime/invocation/'
_ADDRESS = os.environ['AWS_LAMBDA_RUNTIME_API']  # what the function does to the variable later doesn't count
_agent = ''
_connection = None  # type: Optional[_socket.socket]


def initialize_client(user_agent: str) -> None:
    """What to say as User-Agent."""
    global _agent
    _agent = user_agent


def next() -> 'tuple[bytes, dict[str, object]]':
    """Wait for the next event: its bytes, and the headers that came with it."""
    status, headers, body = _ask('GET', 'next', {}, b'')
    if status != 200:
        raise RuntimeError('Failed to get next')
    request_id = headers.get('lambda-runtime-aws-request-id')
    if request_id is None:
        raise RuntimeError('Failed to get next')
    return body, {
        'Lambda-Runtime-Aws-Request-Id': request_id,
        'Lambda-Runtime-Trace-Id': headers.get('lambda-runtime-trace-id'),
        'Lambda-Runtime-Invoked-Function-Arn': headers.get('lambda-runtime-invoked-function-arn'),
        'Lambda-Runtime-Deadline-Ms': int(headers.get('lambda-runtime-deadline-ms') or 0),
        'Lambda-Runtime-Client-Context': headers.get('lambda-runtime-client-context'),
        'Content-Type': headers.get('content-type'),
        'Lambda-Runtime-Cognito-Identity': headers.get('lambda-runtime-cognito-identity'),
        'Lambda-Runtime-Aws-Tenant-Id': headers.get('lambda-runtime-aws-tenant-id'),
        'Lambda-Runtime-Invocation-Id': headers.get('lambda-runtime-invocation-id'),
    }


def post_invocation_result(
    invoke_id: str, result: bytes, content_type: str, invocation_id: 'Optional[str]' = None
) -> None:
    """Send what the handler returned: bytes."""
    headers = {'content-type': content_type, 'lambda-runtime-invocation-id': invocation_id}
    _post(f'{invoke_id}/response', result, headers)


def post_error(invoke_id: str, error: str, xray_fault: str, invocation_id: 'Optional[str]' = None) -> None:
    """Send what the handler raised, and the same for X-Ray: JSON texts."""
    headers = {
        'content-type': 'application/json',
        'lambda-runtime-function-xray-error-cause': xray_fault,
        'lambda-runtime-invocation-id': invocation_id,
    }
    _post(f'{invoke_id}/error', error.encode(), headers)


def _post(path: str, body: bytes, headers: 'dict[str, Optional[str]]') -> None:
    status, _, _ = _ask('POST', path, headers, body)
    if not 200 <= status < 300:
        what = path.rpartition('/')[2]
        raise RuntimeError(f'Failed to post invocation {what}')


def _ask(
    method: str, path: str, headers: 'dict[str, Optional[str]]', body: bytes
) -> 'tuple[int, dict[str, str], bytes]':
    """Send a request, wait for its answer: status, headers (names in lower case), body."""
    global _connection
    lines = [f'{method} {_BASE}{path} HTTP/1.1', f'Host: {_ADDRESS}', 'Accept: */*', f'User-Agent: {_agent}']
    lines += [f'{name}: {value}' for name, value in headers.items() if value]
    if method == 'POST':
        lines.append(f'content-length: {len(body)}')
    one_line = (line.replace('\r', ' ').replace('\n', ' ') for line in lines)
    request = '\r\n'.join([*one_line, '\r\n']).encode('utf-8', 'replace') + body
    if _connection is None:
        _connection = _connect()
    connection = _connection
    try:
        connection.sendall(request)
        return _answer(connection)
    except (OSError, ValueError) as error:
        connection.close()
        _connection = None
        raise RuntimeError(f'Failed to reach the runtime API: {error}') from error


def _connect() -> '_socket.socket':
    host, _, port = _ADDRESS.rpartition(':')
    connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    connection.connect((host, int(port)))
    return connection


def _answer(connection: '_socket.socket') -> 'tuple[int, dict[str, str], bytes]':
    data = bytearray()
    end = -1
    while end < 0:
        _receive(connection, data)
        end = data.find(b'\r\n\r\n')
    lines = bytes(data[:end]).decode('utf-8', 'replace').split('\r\n')
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(':')
        headers[name.strip().lower()] = value.strip()
    del data[: end + 4]
    length = int(headers.get('content-length') or 0)
    while len(data) < length:
        _receive(connection, data)
    return int(lines[0].split(' ')[1]), headers, bytes(data[:length])


def _receive(connection: '_socket.socket', data: bytearray) -> None:
    part = connection.recv(262144)
    if not part:
        raise OSError('it closed the connection')
    data += part
