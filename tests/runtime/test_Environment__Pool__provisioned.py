import pytest

PID = 'import os\ndef handler(event, context): return [os.getpid(), os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]]'


class test_Environment__Pool__provisioned:
    def test_they_are_never_idle_for_too_long_and_never_make_room_for_others(self, make_lab, wait_for_end, wait_until):
        lab = make_lab(max_environments=2, idle_seconds=0.1)
        spec = lab.spec(PID, version='1')
        lab.invoker.provision(spec.arn, {'1': 1})
        assert [lab.invoker.start_provisioned(spec) for _ in range(2)] == [True, None]
        assert lab.invoker.provisioned(spec.arn, '1') == 1
        pid, kind = lab.value(spec)
        assert kind == 'provisioned-concurrency'
        for region in ('eu-west-2', 'eu-west-3'):  # the second takes the place of the first
            other, kind = lab.value(lab.spec(PID, region=region))
            assert kind == 'on-demand'
        wait_for_end(other)
        wait_until(lambda: lab.invoker.stats()['environments'] == 1)
        assert lab.value(spec) == [pid, 'provisioned-concurrency']
        lab.invoker.provision(spec.arn, {})
        wait_for_end(pid)
        assert lab.invoker.stats()['environments'] == 0

    def test_one_that_runs_ends_when_it_is_done(self, make_lab, gate, wait_for_end):
        lab = make_lab()
        code = 'import gate, os\ndef handler(event, context): gate.pass_gate(event, pid=os.getpid())'
        spec = lab.spec(code, files={'gate.py': gate.CODE}, version='1')
        lab.invoker.provision(spec.arn, {'1': 2})
        assert [lab.invoker.start_provisioned(spec) for _ in range(2)] == [True, True]
        invoke = lab.start(spec, gate.port)
        pid = gate.arrival()['pid']
        lab.invoker.provision(spec.arn, {'1': 1})  # the idle one goes
        assert lab.invoker.stats() | {'environments': 1, 'busy': 1} == lab.invoker.stats()
        lab.invoker.provision(spec.arn, {})
        gate.open()
        assert invoke.result().function_error is None
        wait_for_end(pid)

    @pytest.mark.parametrize('code', ['import nope', 'import os; os._exit(3)'])
    def test_an_init_that_fails_leaves_nothing(self, make_lab, code):
        lab = make_lab()
        spec = lab.spec(code, version='1')
        lab.invoker.provision(spec.arn, {'1': 1})
        assert lab.invoker.start_provisioned(spec) is False
        assert lab.invoker.stats()['environments'] == 0
        [messages] = lab.sink.messages.values()
        assert messages[-1].startswith('INIT_REPORT Init Duration: ')
        assert '\tPhase: init\tStatus: error\tError Type: Runtime.' in messages[-1]
