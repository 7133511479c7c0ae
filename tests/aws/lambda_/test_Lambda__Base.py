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
            .add_layers(['l2', 'l1'])
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
            'Description': 'd',
            'Environment': {'Variables': {'DEBUG': 'true', 'LEVEL': 'x'}},
            'Layers': ['l1', 'l2'],
            'Tags': {'team': 'a'},
        }

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
        assert function.log_group().name == '/aws/lambda/f'
        assert function.log_group().session is function.session
