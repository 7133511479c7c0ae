import pytest

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.session.Session__Kwargs__Lambda import Session__Kwargs__Lambda
from osbot_lambda.errors import Function_Name__Invalid

HERE = {'endpoint_url': 'http://127.0.0.1:9', 'region_name': 'eu-west-1'}


class test_Lambda__Base:
    def test_has_the_defaults_of_the_briefing(self):
        function = Lambda('my-function')
        assert (function.architecture, function.runtime) == ('x86_64', 'python3.11')
        assert (function.memory, function.memory_size, function.timeout) == (512, 512, 60)
        assert function.handler == 'my-function.run'
        assert (function.trace_mode, function.ephemeral_storage) == ('PassThrough', 512)

    def test_memory_and_memory_size_are_one(self):
        function = Lambda('f', memory=256)
        assert function.memory_size == 256
        function.memory = 1024
        assert function.create_kwargs()['MemorySize'] == 1024
        function.memory_size = 128
        assert function.memory == 128

    def test_dots_in_the_name_become_underscores(self):
        assert Lambda('a.b.c').name == 'a_b_c'
        assert Lambda(name='a.b').handler == 'a_b.run'

    def test_a_name_that_is_set_later_is_treated_as_one_at_construction(self):
        function = Lambda()
        function.name = 'a.b'
        assert (function.name, function.handler) == ('a_b', 'a_b.run')
        function = Lambda(handler='my.own')
        function.name = 'a.b'
        assert function.handler == 'my.own'

    @pytest.mark.parametrize(
        'name',
        [
            'arn:aws:lambda:us-east-1:123456789012:function:my-function',
            'arn:aws:lambda:us-east-1:123456789012:function:my-function:prod',
            '123456789012:function:my-function',
            'my-function:1.x',
        ],
    )
    def test_an_arn_or_a_qualified_name_stays_as_it_is(self, name):
        function = Lambda(name)
        assert (function.name, function.function_name(), function.handler) == (name, 'my-function', 'my-function.run')
        assert function.log_group().group_name == '/aws/lambda/my-function'
        assert function.check_name() is function

    @pytest.mark.parametrize('kind', [dict, lambda **kwargs: Session__Kwargs__Lambda(**kwargs)], ids=['dict', 'class'])
    @pytest.mark.parametrize('name', ['session_kwargs__lambda', 'session_kwargs'])
    def test_takes_session_kwargs(self, kind, name):
        function = Lambda('f', **{name: kind(**HERE)})
        assert (function.session.target, function.session.region_name) == ('http://127.0.0.1:9', 'eu-west-1')

    def test_a_misspelt_attribute_is_refused(self):
        with pytest.raises(AttributeError, match="did you mean 'timeout'"):
            Lambda('f').timeuot = 5
        with pytest.raises(AttributeError, match="did you mean 'memory'"):
            Lambda('f', memroy=5)

    def test_setters_chain_into_create_kwargs(self):
        function = (
            Lambda('f')
            .set_role('arn:aws:iam::123456789012:role/r')
            .set_s3_bucket('b')
            .set_s3_key('k.zip')
            .set_handler('handler.main')
            .set_runtime('python3.12')
            .set_memory(1024)
            .set_timeout(5)
            .set_architecture('arm64')
            .set_description('d')
            .set_env_variable('DEBUG', 'true')
            .set_env_variable('LEVEL', 'x')
            .add_layer('l1')
            .add_layer(None)
            .add_layers(['l2', 'l1', 'l2'])
            .set_trace_mode('Active')
            .set_ephemeral_storage(1024)
            .set_tags({'team': 'a'})
        )
        assert function.create_kwargs() == {
            'FunctionName': 'f',
            'Runtime': 'python3.12',
            'Handler': 'handler.main',
            'Role': 'arn:aws:iam::123456789012:role/r',
            'Code': {'S3Bucket': 'b', 'S3Key': 'k.zip'},
            'Architectures': ['arm64'],
            'MemorySize': 1024,
            'Timeout': 5,
            'TracingConfig': {'Mode': 'Active'},
            'EphemeralStorage': {'Size': 1024},
            'Description': 'd',
            'Environment': {'Variables': {'DEBUG': 'true', 'LEVEL': 'x'}},
            'Layers': ['l1', 'l2'],
            'Tags': {'team': 'a'},
        }

    def test_an_image_comes_before_all_other_code_and_brings_runtime_handler_and_layers_itself(self):
        function = Lambda('f', s3_bucket='b', s3_key='k', zip_bytes=b'zip', layers=['l'], handler='a.b')
        function.set_image_uri('repo:tag').set_timeout(9)
        kwargs = function.create_kwargs()
        assert (kwargs['Code'], kwargs['PackageType']) == ({'ImageUri': 'repo:tag'}, 'Image')
        assert not kwargs.keys() & {'Runtime', 'Handler', 'Layers'}
        assert function.configuration_kwargs() == {'Timeout': 9}

    def test_zip_bytes_come_before_the_file_in_s3(self):
        function = Lambda('f', s3_bucket='b', s3_key='k').set_zip_bytes(b'zip')
        assert function.code_kwargs() == {'ZipFile': b'zip'}
        assert Lambda('f', s3_bucket='b').code_kwargs() == {}

    def test_an_update_sends_only_what_was_set(self):
        assert Lambda('f').configuration_kwargs() == {}
        assert Lambda('f', memory=128).configuration_kwargs() == {'MemorySize': 128}
        assert Lambda('f').set_timeout(60).configuration_kwargs() == {'Timeout': 60}
        assert Lambda('f', handler='a.b').configuration_kwargs() == {'Handler': 'a.b'}
        assert Lambda('f').add_layer('l').configuration_kwargs() == {'Layers': ['l']}
        assert Lambda('f', description='').configuration_kwargs() == {'Description': ''}

    def test_an_update_sends_everything_that_was_set(self):
        function = Lambda('f', runtime='python3.12', handler='a.b', role='r', memory=128, timeout=5, description='d')
        function.set_trace_mode('Active').set_ephemeral_storage(1024).set_env_variable('A', 'b').set_layers(['l'])
        assert function.configuration_kwargs() == {
            'Runtime': 'python3.12',
            'Handler': 'a.b',
            'Role': 'r',
            'MemorySize': 128,
            'Timeout': 5,
            'TracingConfig': {'Mode': 'Active'},
            'EphemeralStorage': {'Size': 1024},
            'Description': 'd',
            'Environment': {'Variables': {'A': 'b'}},
            'Layers': ['l'],
        }

    def test_an_update_can_clear_variables_and_layers(self):
        function = Lambda('f').set_env_variables({}).set_layers([])
        assert function.configuration_kwargs() == {'Environment': {'Variables': {}}, 'Layers': []}

    def test_an_update_sends_what_was_changed_in_place(self):
        function = Lambda('f')
        function.layers.append('l')
        function.env_variables['A'] = 'b'
        assert function.configuration_kwargs() == {'Environment': {'Variables': {'A': 'b'}}, 'Layers': ['l']}

    @pytest.mark.parametrize('value', [1, True, None], ids=repr)
    def test_a_variable_that_is_not_text_is_refused(self, value):
        with pytest.raises(ValueError, match='environment variable A is'):
            Lambda('f').set_env_variable('A', value)

    @pytest.mark.parametrize(
        'name', ['x' * 65, 'a b', '', 'a/b', 'ü'], ids=['long', 'space', 'empty', 'slash', 'umlaut']
    )
    def test_a_name_that_lambda_refuses_is_found_before_any_call(self, name):
        with pytest.raises(Function_Name__Invalid):
            Lambda(name).check_name()

    def test_a_name_of_64_characters_is_one(self):
        assert Lambda('x' * 64).check_name().name == 'x' * 64

    def test_its_log_group_is_on_the_same_session(self):
        function = Lambda('f', session_kwargs=HERE)
        assert function.log_group().group_name == '/aws/lambda/f'
        assert function.log_group().session is function.session
