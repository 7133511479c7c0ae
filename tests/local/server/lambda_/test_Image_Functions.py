import pytest

from tests.local.server.Lambda_Rig import body, error_of, zip_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT

REPOSITORY = f'{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/images/app'
WRONG = 'InvalidParameterValueException'


def create(rig, uri=f'{REPOSITORY}:1', **changes):
    return rig.create(
        **{'PackageType': 'Image', 'Code': {'ImageUri': uri}, 'Runtime': None, 'Handler': None, **changes}
    )


class test_image_functions:
    def test_creating_answers_without_what_only_zips_have(self, rig):
        found = body(create(rig, ImageConfig={'Command': ['app.run'], 'WorkingDirectory': '/srv'}))
        assert (found['PackageType'], found['CodeSize']) == ('Image', 0)
        assert found['ImageConfigResponse'] == {'ImageConfig': {'Command': ['app.run'], 'WorkingDirectory': '/srv'}}
        assert not {'Runtime', 'Handler', 'RuntimeVersionConfig', 'Layers'} & found.keys()
        assert rig.client.get_function_configuration(FunctionName='fn')['State'] == 'Active'

    def test_the_code_is_in_a_registry(self, rig):
        sha = create(rig)['CodeSha256']
        assert rig.client.get_function(FunctionName='fn')['Code'] == {
            'RepositoryType': 'ECR',
            'ImageUri': f'{REPOSITORY}:1',
            'ResolvedImageUri': f'{REPOSITORY}@sha256:{sha}',
        }

    def test_an_update_takes_another_image(self, rig):
        before = create(rig)
        digest = 'ab' * 32
        after = rig.client.update_function_code(
            FunctionName='fn', ImageUri=f'{REPOSITORY}@sha256:{digest}', Publish=True
        )
        assert before['CodeSha256'] != after['CodeSha256'] == digest
        assert after['Version'] == '1'
        code = rig.client.get_function(FunctionName='fn')['Code']
        assert code['ImageUri'] == code['ResolvedImageUri'] == f'{REPOSITORY}@sha256:{digest}'

    def test_the_image_configuration_is_replaced_whole_and_an_empty_one_clears_it(self, rig):
        create(rig, ImageConfig={'Command': ['app.run']})
        change = rig.client.update_function_configuration
        answer = change(FunctionName='fn', ImageConfig={'EntryPoint': ['/start']})
        assert answer['ImageConfigResponse'] == {'ImageConfig': {'EntryPoint': ['/start']}}
        assert 'ImageConfigResponse' not in change(FunctionName='fn', ImageConfig={})

    @pytest.mark.fidelity(
        'Functions of container images',
        aws='run',
        ours='are kept; an invoke answers an error that says why',
        source='D images-create',
        kind='documented',
    )
    def test_an_invoke_says_that_it_can_not_run_here(self, rig):
        create(rig)
        code, message, status = error_of(rig.client.invoke, FunctionName='fn')
        assert (code, status) == ('InvalidRuntimeException', 422)
        assert f'fn is a container image ({REPOSITORY}:1), and the local cloud runs no container images' in message

    @pytest.mark.parametrize(
        ('changes', 'text'),
        [
            (
                {'Handler': 'app.handler'},
                "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
            ),
            (
                {'Runtime': 'python3.12'},
                "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
            ),
            (
                {'Code': {'ZipFile': zip_of('')}},
                'Please provide ImageUri when creating a function with packageType Image.',
            ),
            (
                {'Code': {'ImageUri': 'app:latest'}},
                'Source image app:latest is not valid. Provide a valid source image.',
            ),
            (
                {'PackageType': 'Zip', 'Runtime': 'python3.12', 'Handler': 'app.handler'},
                "Please don't provide ImageUri when creating a function with packageType Zip.",
            ),
        ],
    )
    def test_a_value_that_is_refused(self, rig, changes, text):
        assert error_of(create, rig=rig, **changes) == (WRONG, text, 400)

    def test_a_function_stays_what_it_is(self, rig):
        create(rig)
        rig.create('zip')
        change_code, change = rig.client.update_function_code, rig.client.update_function_configuration
        text = 'Please provide ImageUri when updating a function with packageType Image.'
        assert error_of(change_code, FunctionName='fn', ZipFile=zip_of('')) == (WRONG, text, 400)
        text = "Please don't provide ImageUri when updating a function with packageType Zip."
        assert error_of(change_code, FunctionName='zip', ImageUri=f'{REPOSITORY}:1') == (WRONG, text, 400)
        text = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
        assert error_of(change, FunctionName='fn', Handler='app.run') == (WRONG, text, 400)
        assert error_of(change, FunctionName='zip', ImageConfig={'Command': ['x']})[0] == WRONG
