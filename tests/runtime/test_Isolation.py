"""What a function sees of this machine, and what it leaves: with a file system of its own, and with plain folders."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import Future
from pathlib import Path

import pytest

from osbot_lambda.errors import Runtime__No_Isolation
from osbot_lambda.runtime.Invoker import Invoker
from osbot_lambda.runtime.Isolation import Isolation

NAMESPACE = Isolation().mode == 'namespace'
REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'
needs_namespace = pytest.mark.skipif(not NAMESPACE, reason='this machine gives us no namespace')

DAEMON = """
    import os, socket, subprocess, sys, time
    CODE = '''import os, socket, sys, time
    if os.fork(): os._exit(0)
    os.setsid()
    if os.fork(): os._exit(0)
    gate = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    gate.sendall(b'{}' + bytes([10]))
    os.write(1, b'.')
    os.close(1)
    while True: gate.sendall(b'.'), time.sleep(0.001)
    '''.replace('\\n    ', '\\n')
    def handler(event, context):
        if event['gate']:
            daemon = subprocess.Popen([sys.executable, '-S', '-c', CODE, str(event['gate'])], stdout=subprocess.PIPE)
            daemon.stdout.read(1)
        exec(event.get('then', ''))
        return 'done'
"""
GROWS = 'def handler(event, context):\n    kept = []\n    while True: kept.append(b"x" * 2**20)'
CHILD_GROWS = """
    import os, subprocess, sys
    CODE = 'kept = []' + chr(10) + 'while len(kept) < 400: kept.append(b"x" * 2**20)' + chr(10) + 'input()'
    def handler(event, context):
        subprocess.run([sys.executable, '-S', '-c', CODE], stdin=open(os.pipe()[0]))
"""


@pytest.fixture(scope='module', params=Isolation.MODES)
def lab_of(request, tmp_path_factory, Lab):
    """A lab of either kind, for the tests of this file that need none of their own."""
    if request.param == 'namespace' and not NAMESPACE:
        pytest.skip('this machine gives us no namespace')
    lab = Lab(tmp_path_factory.mktemp(request.param).resolve(), isolation=request.param)
    lab.mode = request.param
    yield lab
    lab.invoker.stop()
    assert list(lab.work_dir.glob('**/*')) == []


@pytest.fixture
def own_lab(lab_of, make_lab):
    """Another of the same kind, for one test."""
    return make_lab(isolation=lab_of.mode)


@pytest.fixture(scope='module')
def namespace(tmp_path_factory, Lab):
    if not NAMESPACE:
        pytest.skip('this machine gives us no namespace')
    lab = Lab(tmp_path_factory.mktemp('own').resolve(), isolation='namespace')
    yield lab
    lab.invoker.stop()


def environment_of(lab):
    (environment,) = lab.invoker._pool._all
    return environment


def state(pid):
    """R, S, T (stopped) …; '' when there is no such process."""
    with contextlib.suppress(OSError):
        return Path(f'/proc/{pid}/stat').read_bytes().rpartition(b')')[2].split()[0].decode()
    return ''


class test_file_system:
    @pytest.mark.fidelity(
        'file system of a function',
        aws='code at /var/task and layers at /opt, read-only; /tmp is 01777; nothing else can be written',
        ours='as AWS in a namespace; with isolation "folders" the places are those of this machine',
        source='S runtime_introspection',
        kind='documented',
    )
    def test_code_and_layers_and_the_rest_are_read_only_and_tmp_is_not(self, namespace, tmp_path):
        code = """
            import os
            def handler(event, context):
                found = {}
                for place in ('/var/task', '/opt', '/var/runtime', '/', '/usr', '/etc', '/var/lang', '/tmp', '/dev'):
                    try:
                        with open(f'{place}/written', 'w') as file: file.write('x')
                        found[place] = 'written'
                    except OSError as error:
                        found[place] = error.errno
                return found, os.getcwd(), __file__, oct(os.stat('/tmp').st_mode), sorted(os.listdir('/opt'))
        """
        spec = namespace.spec(code)
        found, cwd, file, mode, opt = namespace.value(spec)
        assert found.pop('/tmp') == 'written'
        assert set(found.values()) == {30}  # EROFS
        assert (cwd, file, mode, opt) == ('/var/task', '/var/task/app.py', '0o41777', [])

    @pytest.mark.fidelity(
        'layers',
        aws='unpacked into /opt in the order of the list: of two files of one name the last is there',
        ours='as AWS',
        source='D chapter-layers',
        kind='documented',
    )
    def test_layers_are_merged_in_order(self, namespace, tmp_path):
        for number in (1, 2, 3):
            folder = tmp_path / f'layer:{number},x' / 'python'
            folder.mkdir(parents=True)
            (folder / f'only_{number}.py').write_text(f'VALUE = {number}')
            (folder / 'shared.py').write_text(f'VALUE = {number}')
        code = """
            import os, only_1, only_2, only_3, shared
            def handler(event, context):
                return only_1.VALUE, only_2.VALUE, only_3.VALUE, shared.VALUE, shared.__file__, os.listdir('/opt')
        """
        layers = tuple(tmp_path / f'layer:{number},x' for number in (1, 2, 3))
        value = namespace.value(namespace.spec(code, layer_dirs=layers))
        assert value == [1, 2, 3, 3, '/opt/python/shared.py', ['python']]

    def test_nothing_of_the_user_of_this_machine_is_seen(self, namespace):
        code = """
            import os
            def handler(event, context):
                pids = [name for name in os.listdir('/proc') if name.isdigit()]
                return os.listdir('/'), len(pids), os.path.exists(os.path.expanduser('~')), os.path.exists(event)
        """
        folders, processes, home, lab = namespace.value(namespace.spec(code), str(namespace.folder))
        assert not {'home', 'root', 'run', 'mnt'} & set(folders) - {'run'}
        assert (processes, home, lab) == (2, False, False)

    @pytest.mark.fidelity(
        'interpreter',
        aws='in /var/lang; sys.path begins with /var/task; PYTHONPATH is /var/runtime',
        ours='as AWS in a namespace',
        source='S runtime_introspection',
        kind='documented',
    )
    def test_the_interpreter_is_in_var_lang(self, namespace):
        code = """
            import encodings.idna, json, subprocess, sys
            def handler(event, context):
                other = subprocess.run([sys.executable, '-c', 'import sys, json; print(json.__file__)'],
                                       capture_output=True, text=True)
                return sys.prefix, sys.executable, sys.path, [json.__file__, encodings.idna.__file__], other.stdout
        """
        prefix, executable, path, files, other = namespace.value(namespace.spec(code))
        library = f'/var/lang/lib/{Invoker.RUNTIME}'
        assert (prefix, executable.rpartition('/')[0]) == ('/var/lang', '/var/lang/bin')
        assert path[0] == '/var/task'
        assert not [place for place in path if not place.startswith(('/var/', '/opt/'))]
        assert files == [f'{library}/json/__init__.py', f'{library}/encodings/idna.py']
        assert other == f'{library}/json/__init__.py\n'

    @pytest.mark.fidelity(
        'variables of a function, in a namespace',
        aws='paths are those of Lambda; neither HOME nor TMPDIR',
        ours='as AWS',
        source='S introspection_invoke, lambda_init_environment (context_env_python312)',
        kind='recorded',
    )
    def test_variables_name_lambdas_places(self, namespace):
        variables = namespace.value(namespace.spec('import os\ndef handler(event, context): return dict(os.environ)'))
        recorded = {
            'LAMBDA_RUNTIME_DIR': '/var/runtime',
            'LAMBDA_TASK_ROOT': '/var/task',
            'LD_LIBRARY_PATH': '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:'
            '/var/task:/var/task/lib:/opt/lib',
            'PATH': '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
            'PWD': '/var/task',
            'PYTHONPATH': '/var/runtime',
        }
        assert {name: variables.get(name) for name in recorded} == recorded
        assert not {'HOME', 'TMPDIR'} & set(variables)

    @pytest.mark.fidelity(
        'size of /tmp',
        aws='EphemeralStorage.Size; no space is left beyond it',
        ours='as AWS in a namespace; with isolation "folders" the size is not limited',
        source='D configuration-ephemeral-storage',
        kind='documented',
    )
    def test_tmp_has_the_size_of_the_ephemeral_storage(self, namespace):
        code = """
            import shutil
            def handler(event, context):
                with open('/tmp/large', 'wb') as file:
                    try: file.write(bytes(event))
                    except OSError as error: return error.errno, shutil.disk_usage('/tmp').total
                return 'written', shutil.disk_usage('/tmp').total
        """
        spec = namespace.spec(code, ephemeral_storage=8)
        assert namespace.value(spec, 7 * 2**20) == ['written', 8 * 2**20]
        assert namespace.value(spec, 9 * 2**20) == [28, 8 * 2**20]  # ENOSPC

    def test_nothing_is_mounted_outside(self, namespace):
        before = Path('/proc/self/mountinfo').read_text()
        assert namespace.value(namespace.spec('def handler(event, context): return 1')) == 1
        assert Path('/proc/self/mountinfo').read_text() == before


class test_both:
    """The same handlers in a namespace and in folders."""

    HANDLERS = {
        'value': 'def handler(event, context): return event',
        'exception': 'def handler(event, context): raise ValueError("boom")',
        'nested': 'import json\ndef handler(event, context): return json.loads("{")',
        'module raises': 'raise KeyError("x")',
        'import error': 'import nope',
        'syntax error': 'def',
        'no handler': 'other = 1',
        'not serialisable': 'def handler(event, context): return {1, 2}',
        'exit in handler': 'import sys\ndef handler(event, context): sys.exit(3)',
        'exit in module': 'import sys\nsys.exit(0)',
        'killed': 'import os\ndef handler(event, context): os.kill(os.getpid(), 9)',
        'aborted': 'import os\ndef handler(event, context): os.abort()',
        'segmentation fault': 'import ctypes\ndef handler(event, context): ctypes.string_at(0)',
        'logging': 'import logging\ndef handler(event, context): logging.warning("a\\nb"), print("c\\nd"), print("e")',
        'reads itself': 'def handler(event, context): return open("app.py").read()',
        'boto3': 'import boto3\ndef handler(event, context): return boto3.__name__',
    }

    @pytest.mark.fidelity(
        'a worker that ends',
        aws='Runtime.ExitError, "Runtime exited with error: …" with the exit status or the signal',
        ours='as AWS; the same in a namespace and in folders',
        source='I floci#3314; AWS Runtime Interface Emulator',
        kind='documented',
    )
    @needs_namespace
    @pytest.mark.parametrize('name', HANDLERS)
    def test_payload_and_log_are_the_same(self, lab, namespace, name):
        first, second = (self.said(one, self.HANDLERS[name]) for one in (lab, namespace))
        assert first == second
        assert '/tmp/' not in second

    @staticmethod
    def said(lab, code):
        result = lab.run(lab.spec(code), {'a': 1}, request_id=REQUEST_ID)
        text = result.payload.decode() + ''.join(lab.messages(result))
        text = re.sub(r'\d+\.\d\d ms|Duration: \d+ ms|Used: \d+ MB', 'N', text)
        return re.sub(r'\d{4}-\d\d-\d\dT[\d:.]+Z', 'TIME', text)


class test_reset:
    CODE = """
        import os, tempfile, time
        path = f'{tempfile.gettempdir()}/kept'
        count = 0
        def handler(event, context):
            global count
            count += 1
            with open(path, 'a') as file: file.write('x')
            exec(event)
            return count, os.path.getsize(path)
    """

    @pytest.mark.fidelity(
        'an environment after a crash or a timeout',
        aws='the process is killed, /tmp is kept, module state is lost; the next invoke does the init anew without an '
        'INIT_START, in its own duration',
        ours='as AWS',
        source='S timed_out_environment_reuse; D lambda-runtime-environment',
        kind='documented',
    )
    @pytest.mark.parametrize('end', ['os._exit(1)', 'raise SystemExit', 'time.sleep(60)', 'os.kill(os.getpid(), 9)'])
    def test_tmp_is_kept_and_the_module_is_loaded_anew(self, lab_of, end):
        spec = lab_of.spec(self.CODE, timeout=1.0, environment={'END': end})
        assert lab_of.value(spec, '') == [1, 1]
        assert lab_of.value(spec, '') == [2, 2]
        lost = lab_of.run(spec, end)
        assert lost.function_error == 'Unhandled'
        again = lab_of.run(spec, '')
        assert json.loads(again.payload) == [1, 4]
        assert (again.cold, again.init_ms, again.log_stream) == (False, None, lost.log_stream)
        assert ''.join(lab_of.messages(again)).count('INIT_') == 1
        lab_of.invoker.retire(spec.arn)

    def test_an_environment_whose_sandbox_is_killed_is_replaced(self, own_lab, wait_until):
        spec = own_lab.spec('def handler(event, context): return 1')
        assert own_lab.value(spec) == 1
        environment = environment_of(own_lab)
        os.kill(environment._worker._process._popen.pid, signal.SIGKILL)
        wait_until(environment._worker.exited)
        again = own_lab.run(spec)
        assert (again.cold, again.payload) == (True, b'1')
        assert own_lab.invoker.stats()['environments'] == 1


class test_memory:
    @pytest.mark.fidelity(
        'out of memory',
        aws='Runtime.OutOfMemory, "Runtime exited with error: signal: killed"; Max Memory Used is Memory Size',
        ours='as AWS; found by looking at the resident memory of all of its processes every 20 ms',
        source='I helix-html2md#1001; D troubleshooting-invocation',
        kind='documented',
    )
    @pytest.mark.parametrize('code', [GROWS, CHILD_GROWS], ids=['in the handler', 'in a child'])
    def test_it_ends_the_function(self, lab_of, code):
        spec = lab_of.spec(code, memory_size=128, timeout=30.0)
        result = lab_of.run(spec, 1, request_id=REQUEST_ID)
        assert json.loads(result.payload) == {
            'errorType': 'Runtime.OutOfMemory',
            'errorMessage': f'RequestId: {REQUEST_ID} Error: Runtime exited with error: signal: killed',
        }
        report = result.log.decode().splitlines()[-1]
        assert '\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t' in report
        assert report.endswith('Status: error\tError Type: Runtime.OutOfMemory')
        lab_of.invoker.retire(spec.arn)

    def test_what_processes_share_counts_once(self, lab_of, wait_until):
        code = """
            import os, time
            kept = b'x' * (60 * 2**20)
            def handler(event, context):
                for _ in range(4):
                    if not os.fork():
                        sum(kept[::4096])
                        time.sleep(60)
                time.sleep(0.5)
                return 'done'
        """
        spec = lab_of.spec(code, memory_size=128)
        assert lab_of.value(spec) == 'done'
        lab_of.invoker.retire(spec.arn)

    def test_what_a_function_needs_up_to_its_limit_is_no_error(self, lab_of):
        spec = lab_of.spec(
            'import time\ndef handler(event, context): x = b"x" * (60 * 2**20); time.sleep(0.1); return len(x)'
        )
        assert lab_of.value(spec) == 60 * 2**20


class test_freeze:
    @pytest.mark.fidelity(
        'between two invokes',
        aws='the environment is frozen: threads, timers and child processes stand still until the next invoke',
        ours='as AWS, some 20 ms after an invoke; in folders, 200 ms for processes that left the process group',
        source='D lambda-runtime-environment',
        kind='documented',
    )
    def test_threads_and_processes_stand_still_and_go_on(self, own_lab, gate, wait_until):
        code = """
            import itertools, threading
            turns = itertools.count()
            def turn():
                for _ in turns: pass
            def handler(event, context):
                if event: threading.Thread(target=turn, daemon=True).start()
                return next(turns)
        """
        spec = own_lab.spec(code)
        assert own_lab.value(spec, True) >= 0
        pid = environment_of(own_lab).pid
        wait_until(lambda: state(pid) == 'T')
        assert own_lab.value(spec) > 0
        wait_until(lambda: state(pid) == 'T')

    def test_a_daemon_stands_still_and_goes_on(self, own_lab, gate, wait_until):
        spec = own_lab.spec(DAEMON)
        assert own_lab.value(spec, {'gate': gate.port}) == 'done'
        gate.arrival()
        (beats,) = gate._waiting
        process = environment_of(own_lab)._worker._process
        wait_until(lambda: process._stopped_others)
        beats.settimeout(0.2)
        with pytest.raises(TimeoutError):
            [beats.recv(4096) for _ in range(5_000)]
        goes_on = own_lab.start(spec, {'gate': 0, 'then': 'time.sleep(0.5)'})
        beats.settimeout(20)
        assert beats.recv(1) == b'.'
        assert goes_on.result().function_error is None

    def test_it_can_be_switched_off(self, make_lab, gate):
        lab = make_lab(freeze=False)
        assert lab.value(lab.spec(DAEMON), {'gate': gate.port}) == 'done'
        gate.arrival()
        (beats,) = gate._waiting
        assert len(beats.recv(1)) + sum(len(beats.recv(1)) for _ in range(300)) == 301
        assert state(environment_of(lab).pid) == 'S'

    def test_the_end_comes_to_what_stands_still(self, own_lab, wait_until):
        spec = own_lab.spec('def handler(event, context): return 1')
        own_lab.value(spec)
        pid = environment_of(own_lab).pid
        wait_until(lambda: state(pid) == 'T')
        own_lab.invoker.retire(spec.arn)
        assert state(pid) == ''


class test_what_is_left:
    ENDS = {
        'crash': 'os._exit(1)',
        'timeout': 'time.sleep(60)',
        'killed': 'os.kill(os.getpid(), 9)',
    }

    @pytest.mark.parametrize('then', ENDS.values(), ids=ENDS)
    def test_a_daemon_ends_with_the_worker_that_started_it(self, lab_of, gate, then):
        spec = lab_of.spec(DAEMON, timeout=1.0)
        assert lab_of.value(spec, {'gate': gate.port}) == 'done'
        gate.arrival()
        assert lab_of.run(spec, {'gate': 0, 'then': then}).function_error == 'Unhandled'
        self.ended(gate)

    def test_a_daemon_ends_with_its_environment(self, lab_of, gate):
        spec = lab_of.spec(DAEMON)
        assert lab_of.value(spec, {'gate': gate.port}) == 'done'
        gate.arrival()
        lab_of.invoker.retire(spec.arn)
        self.ended(gate)

    def test_a_daemon_ends_when_the_server_is_killed(self, lab_of, gate, tmp_path):
        server = f"""
            import signal, sys
            from pathlib import Path
            sys.path[:0] = [{str(Path(__file__).parent)!r}]
            from conftest import Lab
            lab = Lab(Path({str(tmp_path)!r}), isolation={lab_of.mode!r})
            lab.run(lab.spec({textwrap.dedent(DAEMON)!r}), {{'gate': {gate.port}}})
            signal.pause()
        """
        with subprocess.Popen(
            [sys.executable, '-c', textwrap.dedent(server)], cwd=Path(__file__).parents[2]
        ) as process:
            gate.arrival()
            process.kill()
        self.ended(gate)

    def test_no_descriptor_process_or_folder_is_left(self, own_lab):
        spec = own_lab.spec(DAEMON.replace("if event['gate']", 'if False'), timeout=5.0)

        def round_of_ends():
            for then in ('os._exit(1)', '', 'os.kill(os.getpid(), 9)', 'raise SystemExit(2)', ''):
                own_lab.run(spec, {'then': then})
            own_lab.invoker.retire(spec.arn)
            names = [path.name for path in Path('/proc').iterdir() if path.name.isdigit()]
            parents = {name: self.parent(name) for name in names}
            mine = [name for name, parent in parents.items() if parent == str(os.getpid())]
            return len(os.listdir('/proc/self/fd')), mine, list((own_lab.work_dir / 'environments').iterdir())

        first = round_of_ends()
        assert [round_of_ends() for _ in range(3)] == [first] * 3
        assert first[2] == []

    @staticmethod
    def parent(pid):
        with contextlib.suppress(OSError):
            return Path(f'/proc/{pid}/stat').read_bytes().rpartition(b')')[2].split()[1].decode()
        return ''

    @staticmethod
    def ended(gate):
        """The daemon's connection is at its end."""
        (beats,) = gate._waiting
        with contextlib.suppress(ConnectionResetError):
            while beats.recv(4096):
                pass


class test_choice:
    @pytest.fixture
    def no_namespace(self, monkeypatch):
        tried: Future = Future()
        tried.set_result(False)
        monkeypatch.setattr(Isolation, '_tried', tried)

    def test_where_there_is_no_namespace_folders_are_used(self, no_namespace):
        assert Isolation().mode == 'folders'

    def test_a_namespace_that_is_wanted_and_cannot_be_had_is_an_error(self, no_namespace):
        with pytest.raises(Runtime__No_Isolation, match="isolation='folders' does without"):
            assert Isolation('namespace').mode

    def test_folders_can_be_wanted(self):
        assert Isolation('folders').mode == 'folders'

    def test_another_kind_is_refused(self):
        with pytest.raises(ValueError, match="isolation 'jail' is none of namespace, folders"):
            Isolation('jail')
