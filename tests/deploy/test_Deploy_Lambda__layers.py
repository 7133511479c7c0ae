"""Layers and container images of Deploy_Lambda, on a fake cloud that counts, and on the local one."""

import sys

import pytest

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import (
    Handler__Invalid,
    Packaging__Install_Failed,
    Packaging__No_Wheel,
    Setting__Invalid,
)
from tests.deploy.Fake_Cloud import Fake_Cloud, Fake_Session
from tests.Wheel_Folder import Wheel_Folder

HERE = f'python3.{sys.version_info.minor}'
READ = 'get_function_configuration'
IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/my-repo'


def arn(name, version=1):
    return f'arn:aws:lambda:eu-west-1:123456789012:layer:{name}:{version}'


def arrays(event, context):
    import numpy
    import pandas
    import requests

    frame = pandas.DataFrame({'a': numpy.arange(4)})
    return {'sum': int(frame['a'].sum()), 'from': numpy.__file__, 'requests': requests.__version__}


@pytest.fixture
def cloud():
    return Fake_Cloud()


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    return Wheel_Folder(tmp_path / 'wheels').add('one', 'two', 'three').use(monkeypatch)


@pytest.fixture
def make(cloud, tmp_path):
    """make(name): a Deploy_Lambda of a module that needs nothing."""
    (tmp_path / 'app.py').write_text('def run(event, context): return 1\n')

    def made(name='app', handler='app.run', **given):
        return Deploy_Lambda(handler, name, source_roots=[tmp_path], session_kwargs=Fake_Session(cloud), **given)

    return made


@pytest.fixture
def deploy(make):
    return make()


def attached(cloud, name='app'):
    return [layer['Arn'] for layer in cloud.functions[name].get('Layers', [])]


class test_Deploy_Lambda__layers:
    # ---- by ARN

    def test_layers_come_in_the_order_that_they_were_named_in(self, deploy, cloud):
        assert deploy.add_layer(arn('b')).add_layers([arn('a'), arn('b'), arn('c')]) is deploy
        plan = deploy.plan()
        assert f'Layers: (none) → {arn("b")}, {arn("a")}, {arn("c")}' in plan.text()
        deploy.deploy()
        assert attached(cloud) == [arn('b'), arn('a'), arn('c')]

    def test_layers_that_are_as_they_should_be_cost_no_call(self, deploy, cloud):
        deploy.add_layer(arn('a')).deploy()
        cloud.calls.clear()
        assert deploy.deploy().status == 'unchanged'
        assert cloud.calls == [READ]

    def test_layers_that_were_never_named_stay(self, make, cloud):
        make().add_layer(arn('a')).deploy()
        make().set_timeout(7).deploy()
        assert attached(cloud) == [arn('a')]

    def test_named_layers_replace_those_of_the_function(self, make, cloud):
        make().add_layers([arn('a'), arn('b')]).deploy()
        result = make().add_layer(arn('b', 2)).deploy()
        assert attached(cloud) == [arn('b', 2)]
        assert [str(change) for change in result.changes] == [f'Layers: {arn("a")}, {arn("b")} → {arn("b", 2)}']

    def test_an_empty_list_removes_them(self, make, cloud):
        make().add_layer(arn('a')).deploy()
        result = make().set_layers([]).deploy()
        assert attached(cloud) == []
        assert str(result.changes[0]) == f'Layers: {arn("a")} → (none)'

    def test_set_layers_replaces_what_was_named_before(self, deploy, cloud, wheels):
        deploy.add_layer(arn('a')).set_packages_using_layer(['one']).set_layers([arn('b')]).deploy()
        assert attached(cloud) == [arn('b')]
        assert cloud.layers == {}

    @pytest.mark.parametrize('wrong', ['my-layer', arn('a').rpartition(':')[0], None, 7])
    def test_what_is_no_layer_version_s_arn_is_refused_at_once(self, deploy, wrong):
        with pytest.raises(Setting__Invalid, match="ARN of a layer's version"):
            deploy.add_layer(wrong)

    def test_more_than_five_are_refused_before_any_call(self, deploy, cloud, wheels):
        deploy.add_layers([arn(str(number)) for number in range(5)]).build()
        deploy.set_packages_using_layer(['one'])
        with pytest.raises(Setting__Invalid, match='6 layers'):
            deploy.deploy()
        assert cloud.calls == []

    def test_two_versions_of_one_layer_are_refused_before_any_call(self, deploy, cloud):
        with pytest.raises(Setting__Invalid, match='versions of one layer'):
            deploy.add_layers([arn('a'), arn('a', 2)]).deploy()
        assert cloud.calls == []

    def test_modules_may_be_in_a_layer(self, deploy, cloud, tmp_path):
        (tmp_path / 'app.py').write_text('import not_here\ndef run(event, context): return 1\n')
        assert len(deploy.deploy().warnings) == 1
        assert deploy.add_layer(arn('a')).deploy().warnings == ()

    # ---- of packages

    def test_packages_are_made_into_a_layer_once(self, make, cloud, wheels):
        result = make('f').add_layer(arn('a')).set_packages_using_layer(['two', 'one']).deploy()
        (name,) = cloud.layers
        assert attached(cloud, 'f') == [arn('a'), arn(name)]
        assert cloud.layers[name][0]['CompatibleRuntimes'] == [HERE]
        assert cloud.layers[name][0]['Description'] == 'one, two'
        assert f'Layers: (none) → {arn("a")}, {name}' in [str(change) for change in result.changes]
        cloud.calls.clear()
        make('f').add_layer(arn('a')).set_packages_using_layer(['one', 'two']).deploy()
        assert cloud.calls == [READ]

    def test_the_same_list_is_reused_by_every_function(self, make, cloud, wheels, monkeypatch):
        make('f').set_packages_using_layer(['one', 'two']).deploy()
        cloud.calls.clear()
        monkeypatch.setenv('PIP_FIND_LINKS', '/nowhere')
        monkeypatch.setenv('UV_FIND_LINKS', '/nowhere')
        make('g').set_packages_using_layer(['two', 'one']).deploy()
        assert cloud.calls == [
            READ,
            'list_layer_versions',
            'get_role',
            'list_attached_role_policies',
            'create_function',
            READ,
        ]
        assert attached(cloud, 'f') == attached(cloud, 'g')

    def test_a_changed_list_is_another_layer(self, make, cloud, wheels):
        make().set_packages_using_layer(['one']).deploy()
        make().set_packages_using_layer(['one', 'three']).deploy()
        assert len(cloud.layers) == 2
        assert len(attached(cloud)) == 1
        assert '-three__' in attached(cloud)[0]

    def test_it_is_made_again_when_asked(self, make, cloud, wheels):
        make().set_packages_using_layer(['one']).deploy()
        make().set_packages_using_layer(['one'], skip_layer_creation_if_exists=False).deploy()
        (versions,) = cloud.layers.values()
        assert [version['Version'] for version in versions] == [1, 2]
        assert versions[0]['zip'] == versions[1]['zip']
        assert attached(cloud) == [versions[1]['LayerVersionArn']]

    def test_no_packages_are_no_layer(self, make, cloud, wheels):
        make().set_packages_using_layer(['one']).deploy()
        make().set_packages_using_layer([]).deploy()
        assert attached(cloud) == []

    def test_a_layer_is_for_the_function_s_runtime(self, make, cloud, wheels):
        make(runtime='python3.13').deploy()
        make().set_packages_using_layer(['one']).deploy()
        ((version,),) = cloud.layers.values()
        assert version['CompatibleRuntimes'] == ['python3.13']

    @pytest.mark.parametrize(
        ('packages', 'error'), [(['there_is_none'], Packaging__Install_Failed), (['fast'], Packaging__No_Wheel)]
    )
    def test_packages_that_can_not_be_installed_change_nothing(self, deploy, cloud, wheels, packages, error):
        wheels.add('fast', tag='cp36-cp36m-win32')
        with pytest.raises(error):
            deploy.set_packages_using_layer(packages).deploy()
        assert cloud.writes == []

    @pytest.mark.parametrize('wrong', [[''], [None], [b'one']])
    def test_what_is_no_package_is_refused_at_once(self, deploy, wrong):
        with pytest.raises(Setting__Invalid, match='is no package'):
            deploy.set_packages_using_layer(wrong)

    def test_a_plan_installs_and_makes_nothing(self, deploy, cloud, monkeypatch):
        monkeypatch.setenv('PIP_NO_INDEX', '1')
        assert 'layer_for__there-is-none__' in deploy.set_packages_using_layer(['there_is_none']).plan().text()
        assert cloud.writes == []

    @pytest.mark.parametrize('when', ['before', 'after'])
    @pytest.mark.parametrize('number', range(7))
    def test_stopped_anywhere_the_next_deploy_does_the_rest(self, make, cloud, wheels, number, when):
        cloud.faults = {number: when}
        with pytest.raises(KeyboardInterrupt):
            make().set_packages_using_layer(['one']).deploy()
        cloud.faults = {}
        make().set_packages_using_layer(['one']).deploy()
        (versions,) = cloud.layers.values()
        assert attached(cloud) == [versions[-1]['LayerVersionArn']]
        assert len(versions) == 1

    # ---- container images

    def test_a_function_of_a_container_image(self, make, cloud):
        deploy = make(None, 'my-function', memory_size=1024).set_container_image(f'{IMAGE}:latest')
        assert deploy.uses_container_image()
        result = deploy.deploy()
        assert (result.status, result.name) == ('created', 'my-function')
        (sent,) = [parameters for call, parameters in cloud.sent if call == 'create_function']
        assert sent['Code'] == {'ImageUri': f'{IMAGE}:latest'}
        assert (sent['PackageType'], sent['MemorySize'], sent['Timeout']) == ('Image', 1024, 60)
        assert not {'Runtime', 'Handler', 'Layers'} & sent.keys()
        assert result.code_sha256 == cloud.functions['my-function']['CodeSha256']

    def test_a_tag_is_asked_for_at_each_deploy(self, make, cloud):
        deploy = make(None, 'my-function').set_container_image(f'{IMAGE}:latest')
        deploy.deploy()
        again = deploy.deploy()
        assert (again.status, again.changes) == ('unchanged', ())
        cloud.images[f'{IMAGE}:latest'] = 'pushed again'
        assert deploy.deploy().status == 'updated'

    def test_a_digest_is_sent_once(self, make, cloud):
        digest = 'a' * 64
        deploy = make(None, 'my-function').set_container_image(f'{IMAGE}@sha256:{digest}')
        deploy.deploy()
        cloud.functions['my-function']['CodeSha256'] = digest
        cloud.calls.clear()
        assert deploy.deploy().status == 'unchanged'
        assert cloud.calls == [READ]
        assert deploy.set_timeout(9).deploy().status == 'updated'

    def test_a_name_alone_needs_an_image(self, make, cloud):
        deploy = make(None, 'my-function')
        for use in (deploy.deploy, deploy.files, lambda: deploy.add_module('json')):
            with pytest.raises(Handler__Invalid, match="'my-function' is not of the form"):
                use()
        assert cloud.calls == []

    def test_a_handler_may_give_the_name(self, deploy, cloud):
        assert deploy.set_container_image(f'{IMAGE}:1').deploy().name == 'app'

    def test_what_an_image_brings_itself_is_refused_before_any_call(self, deploy, cloud):
        deploy.set_container_image(f'{IMAGE}:1').set_runtime('python3.12').add_layer(arn('a')).set_handler('a.b')
        with pytest.raises(Setting__Invalid, match='handler, runtime, layers'):
            deploy.deploy()
        assert cloud.calls == []

    def test_files_that_were_added_to_an_image_are_warned_about(self, deploy, tmp_path):
        result = deploy.add_file(tmp_path / 'app.py').set_container_image(f'{IMAGE}:1').deploy()
        assert 'container image' in result.warnings[0]

    def test_a_zip_function_does_not_become_an_image(self, make, cloud):
        make().deploy()
        with pytest.raises(Setting__Invalid, match='package type Zip'):
            make().set_container_image(f'{IMAGE}:1').deploy()
        assert 'update_function_code' not in cloud.calls

    # ---- on the local cloud

    def test_pandas_and_numpy_from_a_layer(self, session_kwargs, wheelhouse):
        deploy = Deploy_Lambda(arrays, 'arrays', session_kwargs=session_kwargs, timeout=60, memory_size=1024)
        deploy.set_packages_using_layer(['pandas', 'numpy', 'requests']).deploy()
        result = deploy.invoke()
        assert result['sum'] == 6
        assert '/python/numpy/' in result['from']
        assert deploy.deploy().status == 'unchanged'

    def test_an_image_on_the_local_cloud(self, session_kwargs):
        deploy = Deploy_Lambda('my-function', session_kwargs=session_kwargs).set_container_image(f'{IMAGE}:latest')
        assert deploy.deploy().status == 'created'
        assert deploy.info()['Code']['ImageUri'] == f'{IMAGE}:latest'
        assert deploy.deploy().status == 'unchanged'
        assert 'container image' in deploy.invoke()['error']

    def test_the_shell_and_the_url_are_the_function_s(self, session_kwargs):
        deploy = Deploy_Lambda(arrays, 'arrays', session_kwargs=session_kwargs)
        deploy.deploy()
        assert deploy.function_url() is None
        url = deploy.lambda_function().function_url_create()['FunctionUrl']
        assert deploy.function_url() == url
        assert deploy.lambda_shell().aws_lambda.name == 'arrays'

    def test_a_layer_that_was_made_by_hand(self, session_kwargs, tmp_path):
        (tmp_path / 'in_the_layer.py').write_text('NAME = "made by hand"\n')
        layer = Lambda_Layer('mine', session_kwargs=session_kwargs)
        layer.create_from_folder(tmp_path)
        deploy = Deploy_Lambda(uses_it, 'uses-it', session_kwargs=session_kwargs).add_layer(layer.arn_latest())
        deploy.deploy()
        assert deploy.invoke() == 'made by hand'
        function = Lambda('uses-it', session_kwargs=session_kwargs)
        assert [layer['Arn'] for layer in function.configuration()['Layers']] == [layer.arn_latest()]


def uses_it(event, context):
    from in_the_layer import NAME

    return NAME
