"""What a function finds on sys.path, and how it is started."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from osbot_lambda.python.Python_Finder import Python_Finder
from osbot_lambda.runtime.Isolation import Isolation

PATHS = 'import os, sys\ndef handler(event, context): return [sys.path, os.environ.get("FROM_PTH", "")]'
OLD = next((version for version in ('3.10', '3.9') if Python_Finder.find(version)), '')


@pytest.fixture(scope='module', params=Isolation.MODES)
def own_lab(request, tmp_path_factory, Lab):
    if request.param == 'namespace' and Isolation().mode == 'folders':
        pytest.skip('this machine gives us no namespace')
    lab = Lab(tmp_path_factory.mktemp(request.param).resolve(), isolation=request.param)
    yield lab
    lab.invoker.stop()


@pytest.fixture
def layer(tmp_path):
    """Writes files of a layer; scripts can be run."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / 'layer' / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755 if text.startswith('#!') else 0o644)
        return (tmp_path / 'layer',)

    return write


def write_pth(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'{name}.pth').write_text(
        f'vendored\nimport os; os.environ["FROM_PTH"] = os.environ.get("FROM_PTH", "") + "{name} "\n'
    )
    (folder / 'vendored').mkdir()
    (folder / 'vendored' / f'of_{name}.py').write_text('')


class test_sys_path:
    @pytest.mark.fidelity(
        '.pth files',
        aws='site.addsitedir() runs on /var/task and on both folders of /opt/python: .pth files there are executed',
        ours='as AWS',
        source='S runtime_introspection, bootstrap.py of the managed image',
        kind='documented',
    )
    def test_pth_files_of_the_code_and_of_layers_are_executed(self, own_lab, tmp_path):
        version = own_lab.invoker.RUNTIME
        write_pth(tmp_path / 'layer' / 'python', 'layer')
        write_pth(tmp_path / 'layer' / 'python' / 'lib' / version / 'site-packages', 'site')
        code = f'import of_layer, of_site, of_code\n{PATHS}'
        pth = 'vendored\nimport os; os.environ["FROM_PTH"] = "code "\n'
        spec = own_lab.spec(code, files={'code.pth': pth, 'vendored/of_code.py': ''}, layer_dirs=(tmp_path / 'layer',))
        path, said = own_lab.value(spec)
        assert said == 'code site layer '
        assert sum(one.endswith('/vendored') for one in path) == 3

    @pytest.mark.fidelity(
        'PYTHONPATH of the user',
        aws='takes the place of the layers on sys.path; up to python3.10 after /var/runtime, then before its packages',
        ours='as AWS',
        source='S runtime_introspection, bootstrap.py of the managed image',
        kind='documented',
    )
    def test_a_pythonpath_names_folders_as_on_lambda(self, own_lab, layer):
        layers = layer(**{'mine/of_layer.py': '', 'python/not_found.py': ''})
        code = f'import of_layer, of_code\ntry:\n    import not_found\nexcept ImportError:\n    pass\n{PATHS}'
        spec = own_lab.spec(
            code,
            files={'sub/of_code.py': ''},
            layer_dirs=layers,
            environment={'PYTHONPATH': '/opt/mine:/var/task/sub'},
        )
        path, _ = own_lab.value(spec)
        assert path[1].endswith('/mine')
        assert path[2].endswith('/sub')
        assert path[3].endswith(('/var/runtime', own_lab.invoker.RUNTIME))

    @pytest.mark.skipif(not OLD, reason='no Python 3.9 or 3.10 on this machine')
    def test_a_pythonpath_comes_after_the_runtimes_own_packages_up_to_3_10(self, own_lab):
        spec = own_lab.spec(PATHS, runtime=f'python{OLD}', environment={'PYTHONPATH': '/a'})
        path, _ = own_lab.value(spec)
        assert path[1].endswith(('/var/runtime', f'python{OLD}'))
        assert path[2] == '/a'

    def test_with_a_pythonpath_only_the_codes_pth_files_are_executed(self, own_lab, tmp_path):
        write_pth(tmp_path / 'layer' / 'python', 'layer')
        spec = own_lab.spec(
            PATHS,
            files={'code.pth': 'import os; os.environ["FROM_PTH"] = "code"\n'},
            layer_dirs=(tmp_path / 'layer',),
            environment={'PYTHONPATH': '/a'},
        )
        assert own_lab.value(spec)[1] == 'code'


class test_wrapper:
    CODE = """
        import os, sys
        def handler(event, context):
            names = ('WRAPPED', 'LC_CTYPE', '_LAMBDA_WORKER_ARGUMENTS')
            return [sys._xoptions, len(sys.argv), *(os.environ.get(name) for name in names)]
    """

    @pytest.mark.fidelity(
        'AWS_LAMBDA_EXEC_WRAPPER',
        aws='the script gets the interpreter and its arguments, bootstrap.py last, and starts them',
        ours='as AWS; there are options of ours before bootstrap.py',
        source='D runtimes-modify, bootstrap of the managed image',
        kind='documented',
    )
    @pytest.mark.parametrize('start', ['exec "$@"', '"$@"'], ids=['in its place', 'as its child'])
    def test_a_wrapper_starts_the_function(self, own_lab, layer, start):
        layers = layer(wrap=f'#!/bin/sh\nexport WRAPPED=yes\necho to the log\n{start}\n')
        spec = own_lab.spec(self.CODE, layer_dirs=layers, environment={'AWS_LAMBDA_EXEC_WRAPPER': '/opt/wrap'})
        first, second = own_lab.run(spec), own_lab.run(spec)
        locale = 'C.UTF-8' if sys.version_info >= (3, 12) else None  # as in Lambda's images
        assert json.loads(first.payload) == json.loads(second.payload) == [{}, 1, 'yes', locale, None]
        assert 'to the log\n' in own_lab.messages(first)
        assert not second.cold

    def test_a_wrapper_may_add_options_for_the_interpreter(self, own_lab, layer):
        text = (
            '#!/bin/bash\nargs=("$@")\nextra=("-X" "mine")\n'
            'args=("${args[@]:0:$#-1}" "${extra[@]}" "${args[@]: -1}")\nexec "${args[@]}"\n'
        )
        spec = own_lab.spec(
            self.CODE, layer_dirs=layer(wrap=text), environment={'AWS_LAMBDA_EXEC_WRAPPER': '/opt/wrap'}
        )
        assert own_lab.value(spec)[:2] == [{'mine': True}, 1]

    def test_a_wrapper_may_be_in_the_code(self, own_lab):
        script = '#!/bin/sh\nexport WRAPPED=code\nexec "$@"\n'
        spec = own_lab.spec(
            self.CODE, files={'wrap': script}, environment={'AWS_LAMBDA_EXEC_WRAPPER': '/var/task/wrap'}
        )
        (spec.code_dir / 'wrap').chmod(0o755)
        assert own_lab.value(spec)[2] == 'code'

    @pytest.mark.fidelity(
        'AWS_LAMBDA_EXEC_WRAPPER that is not there',
        aws='Runtime.ExitError, exit status 127',
        ours='as AWS',
        source='S lambda_errors (wrapper_missing)',
        kind='recorded',
    )
    @pytest.mark.parametrize(
        ('wrapper', 'status', 'line'),
        [
            ('/opt/nope', 127, '/opt/nope: does not exist\n'),
            ('/opt/text', 126, '/opt/text: is not an executable\n'),
        ],
    )
    def test_a_wrapper_that_cannot_be_started(self, own_lab, layer, wrapper, status, line):
        spec = own_lab.spec(
            self.CODE, layer_dirs=layer(text='no script'), environment={'AWS_LAMBDA_EXEC_WRAPPER': wrapper}
        )
        result = own_lab.run(spec, request_id='c6af9ac6-7b61-11e6-9a41-93e8deadbeef')
        assert json.loads(result.payload) == {
            'errorType': 'Runtime.ExitError',
            'errorMessage': 'RequestId: c6af9ac6-7b61-11e6-9a41-93e8deadbeef '
            f'Error: Runtime exited with error: exit status {status}',
        }
        assert line in own_lab.messages(result)


class test_libraries:
    @pytest.mark.fidelity(
        'shared libraries',
        aws='found in /var/task, /var/task/lib and /opt/lib (LD_LIBRARY_PATH)',
        ours='as AWS',
        source='S lambda_init_environment',
        kind='documented',
    )
    @pytest.mark.parametrize('place', ['code', 'code/lib', 'layer/lib'])
    def test_a_library_is_found_in(self, own_lab, place, tmp_path):
        code = """
            import ctypes
            def handler(event, context):
                library = ctypes.CDLL('libmine.so')
                library.cos.restype, library.cos.argtypes = ctypes.c_double, [ctypes.c_double]
                return library.cos(0.0)
        """
        (tmp_path / 'layer').mkdir()
        spec = own_lab.spec(code, layer_dirs=(tmp_path / 'layer',), environment={'NAME': place})
        folder = spec.code_dir / place[5:] if place.startswith('code') else tmp_path / place
        for made in (folder, tmp_path / 'layer'):
            made.mkdir(parents=True, exist_ok=True)
        here = re.search(r'/\S*/libm\.so\S*|/\S*/libm-\S*', Path('/proc/self/maps').read_text())
        shutil.copyfile(here[0], folder / 'libmine.so')
        assert own_lab.value(spec) == 1.0
