import os
import select
import threading

import pytest


class test_Process_Exit:
    @pytest.mark.parametrize('system', ['with pidfds', 'without'])
    def test_it_is_readable_from_the_end_of_the_process_on(self, make_lab, monkeypatch, system, wait_for_end):
        pidfd_open = os.pidfd_open

        def refuse(pid, flags=0):
            if threading.current_thread().name == 'osbot-lambda-spawner' and system == 'without':
                raise OSError
            return pidfd_open(pid, flags)

        monkeypatch.setattr(os, 'pidfd_open', refuse)
        lab = make_lab()
        crash = lab.spec('import os\ndef handler(event, context): os._exit(event)')
        assert lab.run(crash, 4).payload.endswith(b'exit status 4"}')
        works = lab.spec('import os\ndef handler(event, context): return os.getpid()')
        pid = lab.value(works)
        assert lab.value(works) == pid
        waiting = [thread for thread in threading.enumerate() if thread.name == f'osbot-lambda-exit-{pid}']
        assert len(waiting) == (system == 'without')
        lab.invoker.stop()
        wait_for_end(pid)
        assert not [thread for thread in threading.enumerate() if thread.name.startswith('osbot-lambda-exit')]

    def test_it_leaves_the_process_to_be_reaped(self):
        from osbot_lambda.runtime.Process_Exit import Process_Exit

        pid = os.posix_spawn('/bin/true', ['true'], {})
        ended = Process_Exit(pid)
        assert select.select([ended], [], [], 20)[0]
        ended.close()
        assert os.waitpid(pid, 0) == (pid, 0)
