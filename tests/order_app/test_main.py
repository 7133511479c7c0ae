"""python -m order_app, as its users run it."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from order_app.__main__ import main

ROOT = Path(__file__).parents[2]


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, '-m', 'order_app', *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)


class test_main:
    def test_it_prints_each_step_the_invoice_and_the_notification(self, no_aws_environment):
        done = run(no_aws_environment)
        assert (done.returncode, done.stderr) == (0, '')
        for text in ('"subtotal": 275.96', '"discount": 27.6', '"final_total": 248.36', '"item_count": 3'):
            assert text in done.stdout
        assert 's3://results-bucket/ORD-12345.json' in done.stdout.splitlines()[-1]
        for step in ('cloud', 'resources', 'functions', 'triggers', 'order sent', 'invoice', 'notification', 'total'):
            assert f' s  {step}' in done.stdout

    def test_json_is_one_object(self, no_aws_environment):
        done = run(no_aws_environment, '--json')
        assert (done.returncode, done.stderr) == (0, '')
        answer = json.loads(done.stdout)
        assert sorted(answer) == ['invoice', 'notification', 'timings']
        assert answer['invoice']['final_total'] == answer['notification']['final_total'] == 248.36
        assert all(seconds >= 0 for seconds in answer['timings'].values())

    def test_many_orders_are_counted(self, no_aws_environment):
        done = run(no_aws_environment, '--orders', '40', '--invalid', '5', '--seed', '3', '--json')
        assert (done.returncode, done.stderr) == (0, '')
        answer = json.loads(done.stdout)
        assert (answer['invoices'], answer['notifications'], answer['dead_letters']) == (38, 38, 2)

    def test_when_the_counts_do_not_add_up_the_exit_code_is_1(self, monkeypatch, capsys):
        monkeypatch.setattr('order_app.__main__.set_up', lambda flow, steps: None)
        monkeypatch.setattr('order_app.Order_Load.Order_Load.run', lambda load: {'ok': False})
        assert main(['--orders', '5', '--json']) == 1
        assert json.loads(capsys.readouterr().out)['ok'] is False

    @pytest.mark.parametrize(
        'arguments',
        [['--orders', '0'], ['--orders', 'x'], ['--batch-size', '-1'], ['--invalid', '101'], ['more']],
        ids=' '.join,
    )
    def test_refuses(self, arguments, capsys):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        assert 'usage:' in capsys.readouterr().err

    def test_an_error_of_ours_is_one_line(self, no_aws_environment):
        done = run({**no_aws_environment, 'OSBOT_LAMBDA_TARGET': 'nowhere'})
        assert (done.returncode, done.stdout) == (3, '')
        assert done.stderr.startswith("error: target 'nowhere'")
        assert done.stderr.count('\n') == 1

    def test_an_interrupt_leaves_no_cloud_behind(self, no_aws_environment):
        command = [sys.executable, '-u', '-m', 'order_app', '--orders', '5000']
        with subprocess.Popen(
            command, cwd=ROOT, env=no_aws_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            port = int(process.stdout.readline().rpartition(':')[2])
            while ' s  triggers' not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (130, 'interrupted\n')
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(('127.0.0.1', port), timeout=5)
