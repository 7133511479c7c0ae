import logging
import sys

import pytest

from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import (
    Aws__Invalid,
    Aws__Not_Found,
    File__Not_Found,
    Function_Name__Invalid,
    Handler__Invalid,
    Handler__Not_Found,
    Import_Check__Failed,
    Module__Not_Found,
    Setting__Invalid,
    Source__Syntax_Error,
)
from tests.deploy.Fake_Cloud import BASIC, Fake_Cloud, Fake_Session

ROLE_ERROR = Fake_Cloud.error(
    'InvalidParameterValueException', 'The role defined for the function cannot be assumed by Lambda.'
)


@pytest.fixture
def cloud():
    return Fake_Cloud()


@pytest.fixture
def app(tmp_path):
    (tmp_path / 'app.py').write_text('def run(event, context): return 1\ndef other(event, context): return 2\n')
    return tmp_path


@pytest.fixture
def deploy(cloud, app):
    return Deploy_Lambda('app.run', source_roots=[app], session_kwargs=Fake_Session(cloud))


class test_Deploy_Lambda:
    # ---- names

    @pytest.mark.parametrize(
        ('given', 'name'),
        [
            ({}, 'app'),
            ({'lambda_name': 'my-api'}, 'my-api'),
            ({'lambda_name': 'my-api', 'stage': 'prod'}, 'my-api__prod'),
            ({'stage': 'dev'}, 'app__dev'),
        ],
    )
    def test_is_named_by_lambda_name_or_module_and_stage(self, cloud, app, given, name):
        deploy = Deploy_Lambda('app.run', source_roots=[app], session_kwargs=Fake_Session(cloud), **given)
        assert deploy.lambda_name() == deploy.lambda_function().name == name

    @pytest.mark.parametrize(
        ('name', 'text'),
        [('a' * 65, '65 characters'), ('a.b c', "'a_b_c' would do"), ('!', "'my_function' would do")],
    )
    def test_a_name_that_lambda_refuses_is_refused_at_once(self, cloud, app, name, text):
        with pytest.raises(Function_Name__Invalid, match=text):
            Deploy_Lambda('app.run', name, source_roots=[app], session_kwargs=Fake_Session(cloud))
        assert cloud.calls == []

    def test_the_stage_counts_for_the_length(self, app):
        Deploy_Lambda('app.run', 'a' * 58, 'prod', source_roots=[app])
        with pytest.raises(Function_Name__Invalid, match='65 characters'):
            Deploy_Lambda('app.run', 'a' * 59, 'prod', source_roots=[app])

    def test_a_result_is_readable_as_text(self, deploy, app):
        deploy.deploy()
        (app / 'app.py').write_text('import not_here\ndef run(event, context): return 3\n')
        lines = str(deploy.set_memory_size(1024).deploy()).splitlines()
        assert lines[0].startswith('updated app in 0.')
        assert lines[2] == '  MemorySize: 512 → 1024'
        assert lines[3].startswith('  warning: ')
        assert 'not_here' in lines[3]

    def test_its_repr_is_short(self, deploy):
        assert repr(deploy) == "Deploy_Lambda('app', target='http://127.0.0.1:1')"

    # ---- calls

    def test_a_first_deploy_makes_role_and_function_in_six_calls(self, deploy, cloud):
        result = deploy.deploy()
        assert cloud.calls == [
            'get_function_configuration',
            'get_role',
            'create_role',
            'attach_role_policy',
            'create_function',
            'get_function_configuration',
        ]
        assert (result.status, result.name, bool(result)) == ('created', 'app', True)
        assert cloud.roles[Deploy_Execute.DEFAULT_ROLE]['policies'] == {BASIC}
        sent = cloud.sent[4][1]
        assert (sent['Handler'], sent['MemorySize'], sent['Timeout']) == ('app.run', 512, 60)
        assert result.arn == cloud.functions['app']['FunctionArn']
        assert result.revision == cloud.functions['app']['RevisionId']
        assert result.code_sha256 == cloud.functions['app']['CodeSha256']

    def test_a_deploy_with_nothing_to_do_makes_one_call(self, deploy, cloud):
        deploy.deploy()
        cloud.calls.clear()
        result = deploy.deploy()
        assert cloud.calls == ['get_function_configuration']
        assert (result.status, result.changes) == ('unchanged', ())
        assert result.arn == cloud.functions['app']['FunctionArn']

    def test_a_code_change_sends_the_code_only(self, deploy, cloud, app):
        deploy.deploy()
        (app / 'app.py').write_text('def run(event, context): return 3\n')
        cloud.calls.clear()
        result = deploy.deploy()
        assert cloud.calls == ['get_function_configuration', 'update_function_code', 'get_function_configuration']
        assert (result.status, [change.what for change in result.changes]) == ('updated', ['code'])

    def test_a_setting_sends_that_setting_only(self, deploy, cloud):
        deploy.deploy()
        cloud.functions['app']['Timeout'] = 7  # set elsewhere, and never named here
        deploy.set_memory_size(1024).set_description('mine').deploy()
        _, sent = next(one for one in cloud.sent if one[0] == 'update_function_configuration')
        assert sent == {'FunctionName': 'app', 'MemorySize': 1024, 'Description': 'mine'}
        assert cloud.writes.count('update_function_code') == 0

    def test_code_goes_before_configuration_and_both_are_waited_for(self, app):
        cloud = Fake_Cloud(busy_looks=2)
        deploy = Deploy_Lambda('app.run', source_roots=[app], session_kwargs=Fake_Session(cloud))
        deploy.deploy()
        (app / 'app.py').write_text('def run(event, context): return 3\n')
        cloud.calls.clear()
        deploy.set_timeout(5).deploy()
        look = 'get_function_configuration'
        assert cloud.calls == [look, 'update_function_code', *[look] * 3, 'update_function_configuration', *[look] * 3]

    def test_a_function_that_somebody_else_is_changing_is_waited_for(self, deploy, cloud, app):
        deploy.deploy()
        cloud.functions['app'].update(LastUpdateStatus='InProgress')
        cloud.looks_left = 3
        (app / 'app.py').write_text('def run(event, context): return 3\n')
        assert deploy.deploy().status == 'updated'

    def test_a_change_that_begins_in_between_is_retried(self, deploy, cloud, app):
        deploy.deploy()
        busy = Fake_Cloud.error('ResourceConflictException', 'An update is in progress for resource', 409)
        cloud.errors['update_function_code'] = [busy, busy]
        (app / 'app.py').write_text('def run(event, context): return 3\n')
        assert deploy.deploy().status == 'updated'
        assert cloud.writes.count('update_function_code') == 3

    def test_after_a_failed_update_the_code_is_sent_again(self, deploy, cloud):
        deploy.deploy()
        cloud.functions['app']['LastUpdateStatus'] = 'Failed'
        assert [change.what for change in deploy.plan().changes] == ['code']
        assert deploy.deploy().status == 'updated'
        assert deploy.deploy().status == 'unchanged'

    # ---- environment variables

    def test_environment_variables_are_replaced_only_when_some_are_named(self, deploy, cloud):
        deploy.set_env_variable('A1', 'x').set_env_variable('B1', 'y').deploy()
        assert cloud.functions['app']['Environment'] == {'Variables': {'A1': 'x', 'B1': 'y'}}
        other = Deploy_Lambda('app.run', source_roots=deploy.source.source_roots, session_kwargs=deploy.session)
        assert other.deploy().status == 'unchanged'
        other.set_env_variables({'A1': 'z'}).deploy()
        assert cloud.functions['app']['Environment'] == {'Variables': {'A1': 'z'}}
        other.set_env_variables({}).deploy()
        assert cloud.functions['app']['Environment'] == {'Variables': {}}
        assert other.deploy().status == 'unchanged'

    def test_a_plan_shows_no_values_of_variables(self, deploy, cloud):
        deploy.set_env_variables({'GONE': 'secret-1', 'KEPT': 'same', 'NEW_ONE': 'secret-2'}).deploy()
        plan = deploy.set_env_variables({'KEPT': 'same', 'NEW_ONE': 'secret-3', 'MORE': 'secret-4'}).plan()
        assert str(plan) == 'update app\n  Environment: GONE, NEW_ONE (changed) → MORE, NEW_ONE (changed)'

    @pytest.mark.parametrize(
        ('variables', 'text'),
        [
            ({'A': 'x'}, 'at least two, a letter first'),
            ({'1A': 'x'}, 'a letter first'),
            ({'AWS_REGION': 'x'}, 'reserved'),
            ({'AWS_LAMBDA_FUNCTION_NAME': 'x'}, 'reserved'),
            ({'BIG': 'x' * 4096}, '4106 bytes'),
        ],
    )
    def test_variables_that_lambda_refuses_are_refused_before_any_call(self, deploy, cloud, variables, text):
        with pytest.raises(Setting__Invalid, match=text):
            deploy.set_env_variables(variables).deploy()
        assert cloud.calls == []

    def test_the_largest_environment_is_taken(self, deploy):
        deploy.set_env_variables(
            {
                'BIG': 'x' * (4096 - len('{"BIG":""}')),
            }
        ).build()

    def test_a_variable_that_is_no_text_is_refused(self, deploy):
        with pytest.raises(Setting__Invalid, match="environment variable 'N1' is 1; Lambda takes text only"):
            deploy.set_env_variable('N1', 1)

    # ---- other settings

    @pytest.mark.parametrize(
        ('given', 'text'),
        [
            ({'memory_size': 127}, '127 MiB'),
            ({'memory_size': 10241}, '10241 MiB'),
            ({'timeout': 0}, 'timeout is 0'),
            ({'timeout': 901}, '901 s'),
            ({'description': 'x' * 257}, '257 characters'),
            ({'role': 'not a role'}, 'neither a role'),
        ],
    )
    def test_settings_that_lambda_refuses_are_refused_before_any_call(self, cloud, app, given, text):
        deploy = Deploy_Lambda('app.run', source_roots=[app], session_kwargs=Fake_Session(cloud), **given)
        with pytest.raises(Setting__Invalid, match=text):
            deploy.deploy()
        assert cloud.calls == []

    def test_the_handler_can_be_another_function_of_the_package(self, deploy, cloud, app):
        deploy.set_handler('app.other').deploy()
        assert cloud.functions['app']['Handler'] == 'app.other'
        (app / 'more.py').write_text('def go(e, c): pass')
        deploy.add_file(app / 'more.py').set_handler('more.go').deploy()
        assert cloud.functions['app']['Handler'] == 'more.go'

    @pytest.mark.parametrize(
        ('handler', 'error'),
        [('nothing', Handler__Invalid), ('gone.run', Module__Not_Found), ('app.gone', Handler__Not_Found)],
    )
    def test_a_handler_that_is_not_in_the_package_is_refused_before_any_call(self, deploy, cloud, handler, error):
        with pytest.raises(error):
            deploy.set_handler(handler).deploy()
        assert cloud.calls == []

    # ---- role

    def test_a_role_by_arn_is_used_as_it_is(self, deploy, cloud):
        arn = 'arn:aws:iam::123456789012:role/service/mine'
        deploy.set_role(arn).deploy()
        assert cloud.functions['app']['Role'] == arn
        assert cloud.roles == {}
        assert deploy.deploy().status == 'unchanged'

    def test_a_role_by_name_is_looked_up_and_left_alone(self, deploy, cloud):
        cloud.create_role('mine', '')
        deploy.set_role('mine').deploy()
        assert cloud.writes == ['create_function']
        assert cloud.functions['app']['Role'] == 'arn:aws:iam::123456789012:role/mine'
        cloud.calls.clear()
        assert deploy.deploy().status == 'unchanged'
        assert cloud.calls == ['get_function_configuration']

    def test_a_role_by_name_that_is_not_there_is_made(self, deploy, cloud):
        deploy.set_role('mine').deploy()
        assert cloud.roles['mine']['policies'] == {BASIC}

    def test_another_role_is_set_on_a_function_that_is_there(self, deploy, cloud):
        deploy.deploy()
        result = deploy.set_role('mine').deploy()
        assert [change.what for change in result.changes] == ['role']
        assert cloud.functions['app']['Role'] == 'arn:aws:iam::123456789012:role/mine'

    def test_a_role_that_is_too_new_is_retried(self, deploy, cloud):
        cloud.errors['create_function'] = [ROLE_ERROR, ROLE_ERROR]
        assert deploy.deploy().status == 'created'
        assert cloud.calls.count('create_function') == 3

    def test_a_value_that_lambda_refuses_is_not_retried(self, deploy, cloud):
        cloud.errors['create_function'] = [Fake_Cloud.error('InvalidParameterValueException', 'Unzipped size')]
        with pytest.raises(Aws__Invalid, match='Unzipped size'):
            deploy.deploy()
        assert cloud.calls.count('create_function') == 1

    # ---- large packages

    def test_a_large_package_goes_through_the_bucket(self, deploy, cloud, monkeypatch):
        monkeypatch.setattr(Deploy_Execute, 'DIRECT_MAX', 10)
        deploy.deploy()
        [(bucket, key)] = cloud.objects
        assert bucket == '123456789012--osbot-lambdas--eu-west-1'
        assert key.startswith('lambdas/app/')
        assert key.endswith('.zip')
        assert cloud.functions['app']['CodeSha256'] == deploy.package().code_sha256()
        cloud.calls.clear()
        deploy.deploy()
        assert cloud.calls == ['get_function_configuration']

    # ---- interruptions

    @pytest.mark.parametrize('moment', ['before', 'after'])
    @pytest.mark.parametrize('number', range(10))
    def test_stopped_at_any_call_the_next_deploy_completes_a_first_one(self, app, moment, number, monkeypatch):
        monkeypatch.setattr(Deploy_Execute, 'DIRECT_MAX', 10)
        cloud = Fake_Cloud()
        deploy = Deploy_Lambda('app.run', source_roots=[app], session_kwargs=Fake_Session(cloud), timeout=9)
        cloud.faults[number] = moment
        with pytest.raises(KeyboardInterrupt):
            deploy.deploy()
        self._is_complete_after(deploy, cloud)
        assert cloud.roles[Deploy_Execute.DEFAULT_ROLE]['policies'] == {BASIC}

    @pytest.mark.parametrize('moment', ['before', 'after'])
    @pytest.mark.parametrize('number', range(5))
    def test_stopped_at_any_call_the_next_deploy_completes_an_update(self, deploy, cloud, app, moment, number):
        deploy.deploy()
        (app / 'app.py').write_text('def run(event, context): return 3\n')
        cloud.calls.clear()
        cloud.faults[number] = moment
        with pytest.raises(KeyboardInterrupt):
            deploy.set_timeout(9).deploy()
        self._is_complete_after(deploy, cloud)

    @staticmethod
    def _is_complete_after(deploy, cloud):
        cloud.faults.clear()
        deploy.deploy()
        function = cloud.functions['app']
        assert (function['CodeSha256'], function['Timeout']) == (deploy.package().code_sha256(), 9)
        assert deploy.deploy().status == 'unchanged'

    # ---- plan, warnings, log

    def test_a_plan_changes_nothing_and_says_what_would_change(self, deploy, cloud):
        plan = deploy.plan()
        assert (plan.action, cloud.calls) == ('create', ['get_function_configuration'])
        assert str(plan).startswith('create app\n  function: (none) → app\n  code: (none) → ')
        deploy.deploy()
        assert str(deploy.plan()) == 'app is up to date'
        assert str(deploy.set_memory_size(256).plan()) == 'update app\n  MemorySize: 512 → 256'

    def test_a_missing_import_is_a_warning_with_its_line(self, cloud, app, caplog):
        (app / 'app.py').write_text('import nowhere_x\ndef run(event, context): return 1\n')
        deploy = Deploy_Lambda('app.run', source_roots=[app], session_kwargs=Fake_Session(cloud))
        with caplog.at_level(logging.WARNING, 'osbot_lambda'):
            [warning] = deploy.deploy().warnings
        assert f"nowhere_x ({app / 'app.py'}:1) is neither in the package nor in Lambda's runtime" in warning
        assert warning in caplog.text

    def test_a_deploy_to_aws_names_account_and_region_before_anything_is_changed(self, cloud, app, caplog, monkeypatch):
        monkeypatch.setattr(Fake_Session, 'region_name', 'eu-west-1')
        session = Fake_Session(cloud, 'aws')
        seen = {}
        monkeypatch.setattr(cloud, 'create_role', lambda **_: seen.update(text=caplog.text) or 1 / 0)
        deploy = Deploy_Lambda('app.run', source_roots=[app], session_kwargs=session)
        with caplog.at_level(logging.INFO, 'osbot_lambda'), pytest.raises(ZeroDivisionError):
            deploy.deploy(check=False)
        assert 'deploying app to AWS account 123456789012 in eu-west-1' in seen['text']
        assert cloud.writes == ['create_role']

    # ---- before it is sent

    def test_a_check_imports_the_package_first_and_nothing_is_made_when_it_fails(self, deploy, cloud, app):
        (app / 'app.py').write_text('import nowhere_x\ndef run(event, context): return 1\n')
        with pytest.raises(Import_Check__Failed, match='nowhere_x'):
            deploy.deploy(check=True)
        assert cloud.writes == []
        assert deploy.deploy(check=False).status == 'created'

    def test_code_that_goes_to_aws_is_checked_and_what_stays_there_is_not(self, cloud, app, monkeypatch):
        monkeypatch.setattr(Fake_Session, 'region_name', 'eu-west-1')
        deploy = Deploy_Lambda('app.run', source_roots=[app], session_kwargs=Fake_Session(cloud, 'aws'))
        (app / 'app.py').write_text('import nowhere_x\ndef run(event, context): return 1\n')
        with pytest.raises(Import_Check__Failed):
            deploy.deploy()
        deploy.deploy(check=False)
        assert deploy.set_timeout(7).deploy().status == 'updated'

    @pytest.mark.parametrize(
        ('named', 'current', 'platform'),
        [
            ({}, None, (f'python3.{sys.version_info.minor}', 'x86_64')),
            ({}, {'Runtime': 'python3.9', 'Architectures': ['arm64']}, ('python3.9', 'arm64')),
            ({'runtime': 'python3.13'}, {'Runtime': 'python3.9', 'Architectures': ['arm64']}, ('python3.13', 'arm64')),
            ({'architecture': 'x86_64'}, {'Runtime': 'python3.9', 'Architectures': ['arm64']}, ('python3.9', 'x86_64')),
        ],
    )
    def test_it_is_packaged_for_what_is_named_else_for_what_is_there(self, deploy, named, current, platform):
        for name, value in named.items():
            getattr(deploy, f'set_{name}')(value)
        found = deploy._platform(current)
        assert (found.runtime, found.architecture) == platform

    # ---- what is packaged

    def test_what_is_added_is_in_the_package_and_read_at_each_deploy(self, deploy, cloud, app):
        (app / 'lib').mkdir()
        (app / 'lib' / 'data.txt').write_text('1')
        (app / 'lib' / 'skip.log').write_text('1')
        (app / 'helper_y.py').write_text('')
        deploy.add_folder(app / 'lib', ignore=['*.log']).add_file(app / 'lib' / 'data.txt', folder='conf')
        deploy.add_function_source_code().add_modules(['helper_y'])
        assert deploy.files() == ['app.py', 'conf/data.txt', 'helper_y.py', 'lib/data.txt']
        deploy.deploy()
        (app / 'lib' / 'data.txt').write_text('2')
        assert deploy.deploy().status == 'updated'

    def test_osbot_packages(self, deploy):
        assert 'osbot_utils/type_safe/Type_Safe.py' in deploy.add_osbot_utils().files()
        files = deploy.add_osbot_aws().files()
        assert 'osbot_lambda/deploy/Deploy_Lambda.py' in files
        assert not any('__pycache__' in file for file in files)

    @pytest.mark.parametrize(
        ('method', 'error'),
        [('add_file', File__Not_Found), ('add_folder', File__Not_Found), ('add_module', Module__Not_Found)],
    )
    def test_what_is_not_there_is_refused_when_it_is_added(self, deploy, method, error):
        with pytest.raises(error):
            getattr(deploy, method)('gone_x')

    def test_a_file_stays_the_same_when_the_folder_is_changed(self, deploy, app, monkeypatch, tmp_path_factory):
        (app / 'data.txt').write_text('1')
        monkeypatch.chdir(app)
        deploy.add_file('data.txt')
        monkeypatch.chdir(tmp_path_factory.mktemp('elsewhere'))
        assert deploy.files() == ['app.py', 'data.txt']

    def test_code_that_python_can_not_read_is_refused_before_any_call(self, deploy, cloud, app):
        (app / 'app.py').write_text('def run(event, context) return 1\n')
        with pytest.raises(Source__Syntax_Error, match=r'app\.py:1'):
            deploy.deploy()
        assert cloud.calls == []

    def test_a_handler_that_was_removed_is_refused_before_any_call(self, deploy, cloud, app):
        (app / 'app.py').write_text('def walk(event, context): return 1\n')
        with pytest.raises(Handler__Not_Found):
            deploy.deploy()
        assert cloud.calls == []

    # ---- the function

    def test_exists_and_info_ask_the_cloud(self, deploy, cloud):
        assert deploy.exists() is False
        with pytest.raises(Aws__Not_Found):
            deploy.lambda_function().configuration()
        deploy.deploy()
        assert deploy.exists() is True

    def test_a_with_block_gives_itself_and_removes_no_function(self, deploy, cloud):
        with deploy as _:
            assert _ is deploy
            _.deploy()
        assert 'app' in cloud.functions
