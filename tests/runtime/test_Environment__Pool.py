import dataclasses
import gc
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from osbot_lambda.errors import Runtime__Start_Failed, Runtime__Stopped

PID = 'import os\ndef handler(event, context): return os.getpid()'
WAITS = """
    import os, gate
    def handler(event, context):
        gate.pass_gate(event, pid=os.getpid())
        return os.getpid()
"""


@pytest.fixture
def gated(gate):
    """A function that says its pid at the gate, waits there, and returns it."""

    def make(lab, code=WAITS, **changes):
        return lab.spec(code, files={'gate.py': gate.CODE}, **changes)

    return make


class test_Environment__Pool__concurrency:
    @pytest.mark.fidelity(
        'Environments',
        aws='one for each invoke at a time, used again afterwards; a stream each',
        ours='as AWS',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_each_of_several_concurrent_invokes_has_an_environment_and_then_they_are_reused(
        self, make_lab, gate, gated
    ):
        lab = make_lab()
        spec = gated(lab)
        for _ in range(2):
            invokes = [lab.start(spec, gate.port) for _ in range(6)]
            arrived = {gate.arrival()['pid'] for _ in range(6)}
            assert lab.invoker.stats()['busy'] == 6
            gate.open()
            assert {json.loads(invoke.result().payload) for invoke in invokes} == arrived
        stats = {'environments': 6, 'busy': 0, 'waiting': 0, 'cold_starts': 6, 'invokes': 12}
        assert lab.invoker.stats() == stats

    def test_the_last_used_environment_is_used_first(self, make_lab, gate, gated):
        lab = make_lab()
        spec = gated(lab)
        first = lab.start(spec, gate.port)
        gate.arrival()
        second = lab.start(spec, gate.port)
        gate.arrival()
        gate.open()
        first.result(), second.result()
        last = lab.start(spec, gate.port)
        used = gate.arrival()['pid']
        gate.open()
        last.result()
        for _ in range(3):
            again = lab.start(spec, gate.port)
            assert gate.arrival()['pid'] == used
            gate.open()
            again.result()

    @pytest.mark.fidelity(
        'Environments at a time',
        aws='as many as the concurrency of account and function allow; what is over is throttled',
        ours='beside that, so many as this machine bears; an invoke over them waits for its turn',
        source='D lambda-concurrency',
        kind='assumed',
    )
    def test_over_the_maximum_an_invoke_waits_for_its_turn(self, make_lab, gate, gated, wait_until):
        lab = make_lab(max_environments=1)
        spec = gated(lab)
        first = lab.start(spec, gate.port)
        pid = gate.arrival()['pid']
        second = lab.start(spec, gate.port)
        wait_until(lambda: lab.invoker.stats()['waiting'] == 1)
        assert not second.done()
        gate.open()
        assert gate.arrival()['pid'] == pid
        gate.open()
        assert json.loads(first.result().payload) == json.loads(second.result().payload) == pid

    def test_at_the_maximum_the_one_idle_longest_makes_room(self, make_lab, wait_for_end):
        lab = make_lab(max_environments=2)
        one, two, three = (lab.spec(PID, region=region) for region in ('eu-west-1', 'eu-west-2', 'eu-west-3'))
        pids = [lab.value(spec) for spec in (one, two, one, three)]
        wait_for_end(pids[1])
        assert lab.value(one) == pids[0]
        assert lab.invoker.stats()['environments'] == 2

    def test_at_the_maximum_an_outdated_one_makes_room(self, make_lab, gate, gated):
        lab = make_lab(max_environments=2)
        other = lab.start(gated(lab), gate.port)
        gate.arrival()
        spec = lab.spec(PID)
        old = lab.value(spec)
        assert lab.start(dataclasses.replace(spec, revision='r2')).result(timeout=20).payload != str(old).encode()
        assert not other.done()
        gate.open()
        other.result()

    def test_an_invoke_that_starts_slowly_does_not_hold_up_another(self, make_lab, gate, gated):
        lab = make_lab()
        quick = lab.spec(PID)
        code = f'import gate\ngate.pass_gate({gate.port})\ndef handler(event, context): return 1'
        starting = lab.start(gated(lab, code))
        gate.arrival()
        assert lab.value(quick) > 0
        gate.open()
        assert json.loads(starting.result().payload) == 1


class test_Environment__Pool__end:
    @pytest.mark.fidelity(
        'Environments after an update',
        aws='new ones; those of before end',
        ours='as AWS',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_a_new_revision_has_a_new_environment_and_the_old_one_ends(self, lab, wait_for_end):
        spec = lab.spec(PID)
        old = lab.value(spec)
        new = lab.value(dataclasses.replace(spec, revision='r2'))
        wait_for_end(old)
        assert lab.value(dataclasses.replace(spec, revision='r2')) == new != old

    def test_retire_ends_an_idle_environment(self, lab, wait_for_end):
        spec = lab.spec(PID)
        pid = lab.value(spec)
        lab.invoker.retire(spec.arn)
        wait_for_end(pid)
        assert lab.run(spec).cold

    def test_retire_lets_a_busy_environment_finish(self, lab, gate, gated, wait_for_end):
        spec = gated(lab)
        invoke = lab.start(spec, gate.port)
        pid = gate.arrival()['pid']
        lab.invoker.retire(spec.arn)
        gate.open()
        assert json.loads(invoke.result().payload) == pid
        wait_for_end(pid)

    def test_retire_for_a_new_revision_leaves_it_and_the_published_versions(self, lab):
        latest = lab.spec(PID)
        published = dataclasses.replace(latest, version='1', revision='r0')
        pids = [lab.value(latest), lab.value(published)]
        lab.invoker.retire(latest.arn, keep_revision='r1')
        assert [lab.value(latest), lab.value(published)] == pids
        lab.invoker.retire(latest.arn, keep_revision='r2')
        assert lab.value(latest) != pids[0]
        assert lab.value(published) == pids[1]

    @pytest.mark.fidelity(
        'Idle environments',
        aws='end after some minutes, how many is not said',
        ours='end after ten minutes',
        source='D lambda-runtime-environment',
        kind='assumed',
    )
    def test_an_idle_environment_ends_after_its_time(self, make_lab, wait_for_end, wait_until):
        lab = make_lab(idle_seconds=0.2)
        pids = [lab.value(lab.spec(PID, region=region)) for region in ('eu-west-1', 'eu-west-2')]
        for pid in pids:
            wait_for_end(pid)
        wait_until(lambda: lab.invoker.stats()['environments'] == 0)
        wait_for_end(lab.value(lab.spec(PID)))  # the timer goes on after it had nothing to do

    def test_a_worker_that_ends_while_idle_is_replaced_in_its_environment(self, make_lab, wait_until):
        lab = make_lab()
        spec = lab.spec(PID)
        pid = lab.value(spec)
        os.kill(pid, signal.SIGKILL)
        (environment,) = lab.invoker._pool._all
        wait_until(environment._worker.exited)
        result = lab.run(spec)
        assert (result.cold, result.function_error) == (False, None)
        assert json.loads(result.payload) != pid

    def test_a_timeout_kills_the_children_of_the_handler(self, lab, gate, gated, wait_for_end):
        code = """
            import gate, subprocess
            def handler(event, context):
                child = subprocess.Popen(['sleep', '1000'])
                gate.pass_gate(event, pid=child.pid)
                child.wait()
        """
        invoke = lab.start(gated(lab, code, timeout=1.0), gate.port)
        child = gate.arrival()['pid']
        gate.open()
        assert invoke.result().error_type == 'Sandbox.Timedout'
        wait_for_end(child)

    @pytest.mark.fidelity(
        'Child processes of an environment that ends',
        aws='nothing is left of it',
        ours='as AWS',
        source='K',
        kind='assumed',
    )
    def test_a_worker_that_ends_takes_its_children_along(self, lab, wait_for_end):
        code = """
            import os, subprocess
            def handler(event, context):
                print(subprocess.Popen(['sleep', '1000']).pid)
                os._exit(0)
        """
        result = lab.run(lab.spec(code))
        assert result.error_type == 'Runtime.ExitError'
        wait_for_end(int(lab.messages(result)[2]))

    def test_an_invoke_that_is_broken_off_leaves_nothing(self, lab, monkeypatch, wait_for_end):
        spec = lab.spec(PID)
        pid = lab.value(spec)

        def interrupt(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr('osbot_lambda.runtime.Environment.Environment._finish', interrupt)
            with pytest.raises(KeyboardInterrupt):
                lab.run(spec)
        wait_for_end(pid)
        assert lab.invoker.stats()['busy'] == 0
        assert lab.value(spec) != pid

    def test_a_sink_that_fails_leaves_no_worker(self, lab, monkeypatch, wait_for_end):
        specs = [lab.spec(PID, arn='arn:of-both', version=version) for version in '12']
        pids = [lab.value(spec) for spec in specs]

        def fail(*_, **__):
            raise OSError('the disk is full')

        before = lab.invoker.stats()['environments']
        with monkeypatch.context() as patch:
            patch.setattr('osbot_lambda.runtime.Log_Collector.Log_Collector.finish', fail)
            with pytest.raises(OSError, match='the disk is full'):
                lab.invoker.retire('arn:of-both')
        for pid in pids:
            wait_for_end(pid)
        assert lab.invoker.stats()['environments'] == before - 2


class test_Environment__Pool__stop:
    def test_it_kills_what_runs_what_starts_and_what_is_idle_and_wakes_what_waits(
        self, make_lab, gate, gated, wait_for_end, wait_until
    ):
        lab = make_lab(max_environments=3)
        idle = lab.value(lab.spec(PID))
        runs = lab.start(gated(lab), gate.port)
        busy = gate.arrival()['pid']
        code = f'import gate, os\ngate.pass_gate({gate.port}, pid=os.getpid())\ndef handler(event, context): pass'
        starts = lab.start(gated(lab, code))
        starting = gate.arrival()['pid']
        again = lab.start(lab.spec(WAITS, files={'gate.py': gate.CODE}, region='eu-west-2'), gate.port)
        gate.arrival()  # it took the place of the idle one
        waits = lab.start(lab.spec(PID, region='eu-west-3'))
        wait_until(lambda: lab.invoker.stats()['waiting'] == 1)
        lab.invoker.stop()
        for invoke in (runs, starts, again, waits):
            with pytest.raises(Runtime__Stopped):
                invoke.result()
        for pid in (idle, busy, starting):
            wait_for_end(pid)
        assert lab.invoker.stats()['environments'] == 0
        assert not [thread for thread in threading.enumerate() if thread.name.startswith('osbot-lambda')]

    def test_after_it_nothing_is_run(self, make_lab):
        lab = make_lab()
        pid = lab.value(lab.spec(PID))
        lab.invoker.stop()
        with pytest.raises(Runtime__Stopped):
            lab.run(lab.spec(PID))
        lab.invoker.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    def test_workers_die_when_their_server_is_killed(self, gate, tmp_path, wait_for_end):
        server = """
            import sys
            from pathlib import Path
            sys.path.insert(0, sys.argv[1])
            from conftest import Lab
            lab = Lab(Path(sys.argv[2]))
            code = 'import gate, os\\ndef handler(event, context): gate.pass_gate(event, pid=os.getpid())'
            lab.run(lab.spec(code, files={'gate.py': Path(sys.argv[3]).read_text()}), int(sys.argv[4]))
        """
        lines = [line[12:] for line in server.splitlines()]
        (tmp_path / 'gate.py').write_text(gate.CODE)
        here = Path(__file__).parent
        arguments = [str(here), str(tmp_path), str(tmp_path / 'gate.py'), str(gate.port)]
        with subprocess.Popen([sys.executable, '-c', '\n'.join(lines), *arguments], cwd=here.parents[1]) as process:
            worker = gate.arrival()['pid']
            process.kill()
        wait_for_end(worker)


class test_Environment__Pool__leaks:
    def test_no_descriptor_process_or_folder_is_left_of_what_has_ended(self, make_lab, tmp_path):
        lab = make_lab()
        crash = lab.spec('import os\ndef handler(event, context): os._exit(1)')
        fails = lab.spec('import nope')
        slow = lab.spec('import signal\ndef handler(event, context): signal.pause()', timeout=0.05)
        large = lab.spec('def handler(event, context): return "x" * 7_000_000')
        missing = lab.spec(PID, code_dir=tmp_path / 'gone')

        def round_of_failures():
            for spec in (crash, fails, slow, large):
                assert lab.run(spec).function_error
            with pytest.raises(Runtime__Start_Failed):
                lab.run(missing)
            for spec in (crash, fails, slow, large):
                lab.invoker.retire(spec.arn)
            gc.collect()
            children = Path(f'/proc/self/task/{os.getpid()}/children')
            left = children.read_text().split() if children.exists() else []
            return len(os.listdir('/proc/self/fd')), left, list((lab.work_dir / 'environments').iterdir())

        first = round_of_failures()
        assert [round_of_failures() for _ in range(3)] == [first] * 3
        assert first[2] == []
        assert lab.invoker.stats()['environments'] == 0
