import os
import subprocess
import sys

from osbot_lambda.runtime.Process_Table import Process_Table


class test_Process_Table:
    def test_descendants_are_children_and_theirs(self):
        code = 'import os, sys; pid = os.fork(); print(os.getpid(), pid, flush=True) if pid else None; sys.stdin.read()'
        command = [sys.executable, '-S', '-c', code]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            child, grandchild = map(int, process.stdout.readline().split())
            table = Process_Table()
            assert table.descendants(child) == [grandchild]
            assert {child, grandchild} <= set(table.descendants(os.getpid()))
            assert table.descendants(grandchild) == []
            process.stdin.close()
