import ast
import subprocess
import sys

import pytest

from tests.architecture.Source_Tree import source_files

FILES = source_files()
IDS = [file.name for file in FILES]

# Each room, and the rooms to its left: those that it may import. The first prefix that fits a module names its room.
ROOMS = {
    'errors': set(),
    'schemas': {'errors'},
    'archive': {'errors'},
    'python': {'errors'},
    'packaging': {'errors', 'schemas', 'archive', 'python'},
    'config': {'errors', 'schemas'},
    'runtime': {'errors', 'python'},
    'shell': {'errors'},
    'local.server': {'errors', 'schemas', 'archive', 'python', 'packaging', 'runtime'},
    'local': {'errors'},
    'aws': {'errors', 'schemas', 'archive', 'python', 'packaging', 'config', 'local', 'shell'},
    'deploy': {'errors', 'schemas', 'archive', 'python', 'config', 'local', 'shell', 'aws', 'packaging'},
    'testing': {'errors', 'schemas', 'archive', 'python', 'config', 'local', 'shell', 'aws', 'packaging', 'deploy'},
    'cli': {'errors', 'schemas', 'archive', 'python', 'config', 'local', 'shell', 'aws', 'packaging', 'deploy'},
}

# Who alone may import what is heavy, or starts processes.
DOORS = {
    'boto3': {'aws/session/AWS_Session.py', 'aws/lambda_/boto3__lambda.py'},  # the second ships into functions
    'moto': {'local/server/Moto_Adapter.py'},
    'subprocess': {
        'runtime/Worker_Process.py',
        'local/Local_Cloud.py',
        'packaging/wheels/Installer.py',
        'packaging/Target_Python.py',
        'packaging/Stripped_Binaries.py',
        'shell/Shell_Server.py',
    },
    'multiprocessing': set(),
}

# What runs in the process of a function, and starts itself anew or what is around it.
IN_THE_WORKER = {'runtime/worker_bootstrap.py', 'runtime/worker_sandbox.py'}

STARTS_A_PROCESS = {'fork', 'forkpty', 'posix_spawn', 'posix_spawnp', 'popen', 'system', 'startfile'}


def room_of(module: str) -> str | None:
    inside = module.removeprefix('osbot_lambda.')
    if inside == module:
        return None
    return next((room for room in ROOMS if inside == room or inside.startswith(room + '.')), None)


class test_architecture:
    @pytest.mark.parametrize('file', FILES, ids=IDS)
    def test_a_room_imports_only_what_is_to_its_left(self, file):
        module = 'osbot_lambda.' + file.name.removesuffix('.py').replace('/', '.').removesuffix('.__init__')
        here = room_of(module)
        if here is None:
            assert file.name == '__init__.py', f'{file.name} is in no room of the design'
            return
        allowed = ROOMS[here] | {here}
        wrong = [
            f'{file.name}:{line} imports {name}'
            for name, line in file.imports()
            if (there := room_of(name)) is not None and there not in allowed
        ]
        assert not wrong

    @pytest.mark.parametrize('file', FILES, ids=IDS)
    def test_heavy_modules_and_processes_have_one_door(self, file):
        wrong = [
            f'{file.name}:{line} imports {name}'
            for name, line in file.imports()
            if (top := name.partition('.')[0]) in DOORS and file.name not in DOORS[top]
        ]
        wrong += [
            f'{file.name}:{node.lineno} calls os.{node.attr}'
            for node in ast.walk(file.tree)
            if file.name not in IN_THE_WORKER
            and isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == 'os'
            and (node.attr in STARTS_A_PROCESS or node.attr.startswith(('exec', 'spawn')))
        ]
        assert not wrong

    @pytest.mark.parametrize('file', FILES, ids=IDS)
    def test_one_class_a_file_named_as_the_file(self, file):
        if file.name == 'errors.py' or file.name in IN_THE_WORKER:  # those have nothing of ours to import
            return
        classes = [node.name for node in file.classes()]
        assert classes in ([], [file.path.stem])

    @pytest.mark.parametrize('file', FILES, ids=IDS)
    def test_what_is_public_has_a_docstring(self, file):
        bare = []
        for cls in file.classes():
            if not cls.name.startswith('_') and not ast.get_docstring(cls):
                bare.append(cls.name)
            bare += [
                f'{cls.name}.{node.name}'
                for node in cls.body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and not node.name.startswith('_')
                and not ast.get_docstring(node)
                and not any(ast.unparse(mark).endswith(('.setter', 'overload')) for mark in node.decorator_list)
            ]
        assert not bare

    @pytest.mark.parametrize(
        'statement',
        [
            'import osbot_lambda.deploy.Deploy_Lambda',
            'import osbot_lambda.aws.lambda_.Lambda',
            'import osbot_lambda.local.Local_Cloud',
            'from osbot_lambda import Deploy_Lambda, Lambda, Local_Cloud',
        ],
    )
    def test_importing_us_loads_no_aws_library(self, statement):
        heavy = "{'boto3', 'botocore', 'moto', 'requests', 'waitress'}"
        code = f'{statement}; import sys; print(sorted({heavy} & set(sys.modules)))'
        done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == '[]'

    def test_importing_deploy_lambda_loads_only_what_every_use_needs(self):
        heavy = "{'difflib', 'hashlib', 'html', 'logging', 'subprocess', 'tempfile', 'tomllib', 'zipfile'}"
        rooms = "{name.split('.')[1] for name in sys.modules if name.startswith('osbot_lambda.')}"
        code = (
            f'import sys, osbot_lambda.deploy.Deploy_Lambda; print(sorted({heavy} & set(sys.modules)), sorted({rooms}))'
        )
        done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[] ['aws', 'config', 'deploy', 'errors', 'schemas']"

    def test_importing_the_package_alone_loads_nothing(self):
        code = 'import sys; before = set(sys.modules); import osbot_lambda; print(sorted(set(sys.modules) - before))'
        done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "['osbot_lambda']"
