import http.client
import io
import json
import re
import socket
import stat
import string
import zipfile
from contextlib import suppress
from types import SimpleNamespace

import pytest
from boto3.session import Session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Accounts import Accounts
from osbot_lambda.local.server.Control_Api import Control_Api
from osbot_lambda.local.server.Gateway import Gateway
from osbot_lambda.local.server.Http_Server import Http_Server
from osbot_lambda.local.server.lambda_.Code_Store import Code_Store
from osbot_lambda.local.server.protocol.Service_Api import Service_Api
from tests.local.server.Lambda_Rig import ROLE, Fake_Invoker, Lambda_Rig, zip_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT

SECONDS = 20  # a request that takes longer hangs
AUTHORIZATION = f'AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261120/eu-west-1/lambda/aws4_request, Signature=0'
NAME = re.compile(r'[a-zA-Z0-9_-]{1,64}')
# Seeded: the same cases in each run, so that a failure is one for all.
bounded = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def text(most=20):
    """Text that can be sent: surrogates can't."""
    return st.text(st.characters(exclude_categories=['Cs']), max_size=most)


def json_values():
    """Any JSON document; its numbers survive a trip through Python."""
    scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | text()
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text(), inner, max_size=4), max_leaves=10
    )


@pytest.fixture(scope='module')
def rig(tmp_path_factory):
    rig = Lambda_Rig(tmp_path_factory.mktemp('properties'), Fake_Invoker(lambda event: event))
    rig.create('fn', Publish=True)
    rig.client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
    yield rig
    rig.stop()


@pytest.fixture(scope='module')
def cloud(rig):
    """The engine behind the gateway and a port, and boto3 that checks nothing itself."""

    def other(service, request, context, signed):
        raise AssertionError(f'{request.method} {request.path} went to {service!r}')

    def no_control(*_):
        raise AssertionError('the control API was called')

    control = Control_Api(*[no_control] * 5)
    gateway = Gateway({'lambda': Service_Api('lambda', rig.engine).handle}, other, control, Accounts(lambda _: None))
    with Http_Server(gateway.handle) as server:
        client = Session().client(
            'lambda',
            region_name='eu-west-1',
            endpoint_url=f'http://127.0.0.1:{server.port}',
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key='secret',
            config=Config(
                parameter_validation=False,
                retries={'total_max_attempts': 1},
                read_timeout=SECONDS,
                connect_timeout=SECONDS,
            ),
        )
        yield SimpleNamespace(port=server.port, client=client)
        client.close()


def answered(call, **params):
    """The answer, or the error's; never a fault of the server, never something that is no JSON."""
    try:
        answer = call(**params)
    except ClientError as error:
        answer = error.response
        assert answer['Error']['Message'], answer
        assert answer['Error']['Code'] not in ('InternalFailure', 'ServiceException'), answer
    if 'Payload' in answer:
        answer['Payload'] = answer['Payload'].read()
    if 'EventStream' in answer:
        answer['EventStream'] = list(answer['EventStream'])
    status = answer['ResponseMetadata']['HTTPStatusCode']
    assert status < 500 or (status == 501 and answer['Error']['Code'] == 'NotImplementedException'), answer
    return answer


def status_of(answer):
    return answer['ResponseMetadata']['HTTPStatusCode']


def of_shape(shape, depth=0):
    """Values for a shape of the service model: mostly such as fit, sometimes such as don't."""
    kind, meta = shape.type_name, shape.metadata
    if kind == 'structure':
        if depth > 4:
            return st.just({})
        required = {n: of_shape(m, depth + 1) for n, m in shape.members.items() if n in meta.get('required', ())}
        optional = {n: of_shape(m, depth + 1) for n, m in shape.members.items() if n not in required}
        return st.fixed_dictionaries(required, optional=optional)
    if kind == 'list':
        return st.lists(of_shape(shape.member, depth + 1), max_size=3)
    if kind == 'map':
        return st.dictionaries(of_shape(shape.key, depth + 1), of_shape(shape.value, depth + 1), max_size=3)
    if kind in ('integer', 'long'):
        return st.integers(meta.get('min', -3) - 1, min(meta.get('max', 100), 10**6) + 1)
    if kind in ('float', 'double'):
        return st.floats(-2, 2)
    if kind == 'boolean':
        return st.booleans()
    if kind == 'blob':
        return st.binary(max_size=30)
    if kind == 'timestamp':
        return st.datetimes()
    if 'enum' in meta:
        return st.sampled_from([*meta['enum'], 'x'])
    return strings(meta.get('pattern'))


def strings(pattern):
    known = st.sampled_from(
        [
            'fn',
            'fn:live',
            f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn',
            'live',
            '1',
            '$LATEST',
            ROLE,
            'app.handler',
        ]
    )
    other = text().map(lambda value: value.replace('\r', '').replace('\n', ''))  # which no header can have
    if not pattern or pattern == '.*':
        return known | other
    fitting = st.from_regex(re.compile(re.sub(r'\\p\{\w\}', 'a', pattern)), fullmatch=True)
    return known | fitting.filter(lambda value: len(value) < 200) | other


class test_Lambda_properties:
    @bounded
    @given(name=st.text(string.ascii_letters + string.digits + '-_', max_size=70) | text(70))
    @example('a' * 64)
    @example('a' * 65)
    @example('function:fn-2')
    def test_a_name_is_taken_or_refused(self, cloud, name):
        assume(name not in ('fn', '.', '..'))
        given = {'Runtime': 'python3.13', 'Handler': 'app.handler', 'Role': ROLE, 'Code': {'ZipFile': zip_of('x = 1')}}
        status = status_of(answered(cloud.client.create_function, FunctionName=name, **given))
        if NAME.fullmatch(name):
            assert status == 201
        if status == 201:
            assert status_of(answered(cloud.client.get_function, FunctionName=name)) == 200
            assert status_of(answered(cloud.client.delete_function, FunctionName=name)) == 204
        else:
            assert status in (400, 403, 404)

    @bounded
    @given(qualifier=text() | st.from_regex(r'[a-zA-Z0-9$_-]{1,128}', fullmatch=True))
    @example('$LATEST')
    @example('$LATEST.PUBLISHED')
    @example('1')
    @example('live')
    def test_a_qualifier_is_there_or_it_is_not(self, cloud, qualifier):
        there = qualifier in ('', '$LATEST', '1', 'live')
        for call in (cloud.client.get_function, cloud.client.get_function_configuration, cloud.client.invoke):
            status = status_of(answered(call, FunctionName='fn', Qualifier=qualifier))
            assert status == 200 if there and qualifier else status in (200, 400, 404)

    @bounded
    @given(value=json_values())
    def test_a_payload_that_is_json_comes_back(self, cloud, value):
        answer = answered(cloud.client.invoke, FunctionName='fn', Payload=json.dumps(value))
        assert json.loads(answer['Payload']) == value

    @bounded
    @given(payload=st.binary(max_size=60), kind=st.sampled_from(['RequestResponse', 'DryRun']))
    @example(b'\xff', 'RequestResponse')
    @example(b'[' * 100_000, 'RequestResponse')
    @example(b'1' * 10_000, 'RequestResponse')
    @example(b'NaN', 'DryRun')
    def test_a_payload_of_any_bytes_is_an_answer(self, cloud, payload, kind):
        answer = answered(cloud.client.invoke, FunctionName='fn', Payload=payload, InvocationType=kind)
        assert status_of(answer) in (200, 204, 400)
        if status_of(answer) == 400:
            assert answer['Error']['Code'] == 'InvalidRequestContentException'

    @bounded
    @given(
        changes=st.fixed_dictionaries(
            {},
            optional={
                'Timeout': st.integers(-1, 1000),
                'MemorySize': st.integers(100, 11_000),
                'Description': text(300),
                'Handler': text(140),
                'EphemeralStorage': st.fixed_dictionaries({'Size': st.integers(500, 10_300)}),
                'Environment': st.fixed_dictionaries({'Variables': st.dictionaries(text(), text(), max_size=4)}),
            },
        )
    )
    def test_a_configuration_is_taken_as_it_is_or_refused_whole(self, cloud, changes):
        before = self.configuration(cloud)
        answer = answered(cloud.client.update_function_configuration, FunctionName='fn', **changes)
        after = self.configuration(cloud)
        if status_of(answer) == 200:
            assert {key: after[key] for key in changes} == changes
        else:
            assert status_of(answer) == 400
            assert after == before

    @settings(bounded, max_examples=150)
    @given(data=st.data())
    def test_any_operation_with_any_parameters_is_an_answer(self, cloud, data):
        model = cloud.client.meta.service_model
        operation = model.operation_model(data.draw(st.sampled_from(sorted(model.operation_names))))
        params = data.draw(of_shape(operation.input_shape)) if operation.input_shape else {}
        # what can't be sent, and what would take the function away from the other tests
        assume(operation.name not in ('DeleteFunction', 'PutFunctionConcurrency', 'UpdateFunctionCode'))
        with suppress(ParamValidationError, UnicodeError, OverflowError):
            answered(getattr(cloud.client, xform_name(operation.name)), **params)

    @settings(bounded, max_examples=150)
    @given(
        method=st.sampled_from(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']),
        segments=st.lists(
            st.sampled_from(
                ['2015-03-31', 'functions', 'fn', 'invocations', 'layers', 'x', '', '..', '%', '%00', '%C3', 'a%2Fb']
            ),
            max_size=6,
        ),
        query=st.sampled_from(
            ['', '?Qualifier=%FF', '?MaxItems=x', '?MaxItems=99999999999999999999', '?=&&', '?Marker']
        ),
        headers=st.dictionaries(
            st.sampled_from(['X-Amz-Invocation-Type', 'X-Amz-Client-Context', 'Content-Type', 'X-Amz-Log-Type', 'A_b']),
            st.text(string.printable.strip(), max_size=20),
        ),
        body=st.binary(max_size=40) | json_values().map(lambda value: json.dumps(value).encode()),
        signed=st.booleans(),
    )
    @example('POST', ['2015-03-31', 'functions'], '', {}, b'{"Code": {"ZipFile": "%%%"}, "Role": 7}', True)
    @example('POST', ['2015-03-31', 'functions'], '', {}, b'[' * 100_000, True)
    @example('PUT', ['2017-10-31', 'functions', 'fn', 'concurrency'], '', {}, b'{"a": 1e999}', True)
    def test_any_request_is_answered_in_json(self, cloud, method, segments, query, headers, body, signed):
        path = '/'.join(['', *segments])
        assume(signed or path.startswith('/2015-03-31/functions'))
        connection = http.client.HTTPConnection('127.0.0.1', cloud.port, timeout=SECONDS)
        try:
            connection.request(
                method, (path or '/') + query, body, headers | ({'Authorization': AUTHORIZATION} if signed else {})
            )
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        assert answer.status < 500 or answer.status == 501, content
        assert answer.getheader('Content-Type') == 'application/json'
        if content:
            json.loads(content)

    @bounded
    @given(
        data=st.lists(
            st.binary(max_size=30)
            | st.sampled_from(
                [
                    b'GET /2015-03-31/functions HTTP/1.1\r\n',
                    b'POST /2015-03-31/functions/fn/invocations HTTP/1.1\r\nHost: localhost\r\n',
                    b'Content-Length: 5\r\n',
                    b'Content-Length: -1\r\n',
                    b'Transfer-Encoding: chunked\r\n',
                    b'Expect: 100-continue\r\n',
                    b'\r\n',
                    b'5\r\nab',
                    b'zz\r\n',
                    b'{"a": 1}',
                ]
            ),
            max_size=7,
        ).map(b''.join)
    )
    def test_bytes_that_are_no_request_end_the_connection(self, cloud, data):
        with socket.create_connection(('127.0.0.1', cloud.port), timeout=SECONDS) as connection:
            received = b''
            with suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while chunk := connection.recv(65_536):
                    received += chunk
        assert received == b'' or re.match(rb'HTTP/1\.[01] [1234]\d\d ', received), received
        assert b'<html' not in received.lower()

    @bounded
    @given(
        entries=st.lists(
            st.tuples(
                text(12) | st.sampled_from(['a', 'a/b', 'a/b/c', '../x', '/etc/x', 'a/../b', 'C:\\x', 'n' * 300]),
                st.binary(max_size=20) | st.sampled_from([b'a', b'..', b'../..', b'/etc', b'a/../..', b'x' * 5000]),
                st.sampled_from([None, 0o100644, stat.S_IFLNK | 0o777, stat.S_IFIFO, stat.S_IFDIR | 0o755]),
            ),
            max_size=5,
        ),
        cut=st.integers(0, 40),
    )
    @pytest.mark.filterwarnings('ignore:Duplicate name')  # a zip may well have one
    def test_a_zip_is_unpacked_inside_or_refused_whole(self, tmp_path_factory, entries, cut):
        store = Code_Store(tmp_path_factory.mktemp('zips') / 'work')
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, 'w') as archive:
            for name, data, mode in entries:
                info = zipfile.ZipInfo(name)
                if mode is not None:
                    info.create_system, info.external_attr = 3, mode << 16
                archive.writestr(info, data)
        data = buffer.getvalue()
        refused = None
        try:
            code = store.add(data[: len(data) - cut] if cut < 10 else data)
        except Api__Error as error:
            refused = error
        if refused:
            assert (refused.code, refused.status) == ('InvalidParameterValueException', 400)
            assert not store.folder.exists() or list(store.folder.iterdir()) == []
        else:
            inside = code.folder.resolve()
            assert all(path.resolve().is_relative_to(inside) for path in code.folder.rglob('*'))

    @staticmethod
    def configuration(cloud):
        found = cloud.client.get_function_configuration(FunctionName='fn')
        return {key: value for key, value in found.items() if key != 'ResponseMetadata'}
