import base64
import json
import socket
import threading

import pytest

from tests.local.server.Lambda_Rig import error_of, zip_of
from tests.wait_until import wait_until

FN = {'FunctionName': 'fn'}
LOGS = """
    import logging, os
    def handler(event, context):
        logging.getLogger().setLevel('DEBUG')
        logging.debug('detail')
        logging.error('trouble')
        names = ('AWS_LAMBDA_LOG_FORMAT', 'AWS_LAMBDA_LOG_LEVEL')
        return [context.log_group_name, context.log_stream_name[10:], *(os.environ.get(name) for name in names)]
"""
# comes to the port that the event names, and waits there until it may end; returns the number of its code
GATED = """
    import socket
    def handler(event, context):
        if event:
            with socket.create_connection(('127.0.0.1', event)) as gate: gate.recv(1)
        return NUMBER
"""


def logged(rig):
    """What the function returned, and the lines of the log of that invoke."""
    answer = rig.client.invoke(**FN, LogType='Tail')
    lines = base64.b64decode(answer['LogResult']).decode().splitlines()
    return json.loads(answer['Payload'].read()), lines


class test_Function_Runner__logs:
    @pytest.mark.fidelity(
        'LoggingConfig',
        aws='JSON sets AWS_LAMBDA_LOG_FORMAT and AWS_LAMBDA_LOG_LEVEL and filters by level; back to Text undoes it',
        ours='as AWS',
        source='R bootstrap, S format_switch, D monitoring-cloudwatchlogs',
        kind='documented',
    )
    def test_the_log_is_as_it_is_configured(self, rig):
        rig.create(code=LOGS)
        (group, stream, *names), lines = logged(rig)
        assert (group, stream[:10], names) == ('/aws/lambda/fn', '/[$LATEST]', [None, None])
        assert [line.split('\t')[0] for line in lines][1:-2] == ['[DEBUG]', '[ERROR]']
        assert lines[-2].startswith('END ')
        json_format = {'LogFormat': 'JSON', 'LogGroup': 'shared', 'SystemLogLevel': 'WARN'}
        rig.client.update_function_configuration(**FN, LoggingConfig=json_format)
        (group, stream, *names), lines = logged(rig)
        assert (group, stream[:12], names) == ('shared', '/fn[$LATEST]', ['JSON', 'INFO'])
        assert [json.loads(line)['message'] for line in lines] == ['trouble']
        rig.client.update_function_configuration(**FN, LoggingConfig={'LogFormat': 'Text'})
        (group, _, *names), lines = logged(rig)
        assert (group, names) == ('shared', [None, None])
        assert lines[0].startswith('START ')


class test_Function_Runner__changes:
    @pytest.mark.fidelity(
        'Changes during an invoke',
        aws='an invoke that runs ends on the old code; after DeleteFunction it ends, too, and new ones get 404',
        ours='as AWS',
        source='D configuration-function-zip, lambda-runtime-environment',
        kind='documented',
    )
    def test_what_runs_ends_on_its_code_whatever_happens_to_the_function(self, rig):
        rig.create(code=GATED.replace('NUMBER', '1'), Timeout=60)
        answers = []
        with socket.create_server(('127.0.0.1', 0)) as listener:
            listener.settimeout(20)
            port = listener.getsockname()[1]
            thread = threading.Thread(target=lambda: answers.append(rig.value(event=port)))
            thread.start()
            gate, _ = listener.accept()
            with gate:
                rig.client.update_function_code(**FN, ZipFile=zip_of('def handler(event, context): return 2'))
                assert rig.value() == 2
                rig.client.delete_function(**FN)
                assert error_of(rig.client.invoke, **FN)[2] == 404
                assert answers == []
        thread.join(20)
        assert answers == [1]
        wait_until(lambda: rig.invoker.stats()['environments'] == 0)
