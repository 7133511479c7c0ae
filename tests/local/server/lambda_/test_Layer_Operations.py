import base64
import hashlib
import re

import pytest

from osbot_lambda.local.server.lambda_.Code_Unpacker import Code_Unpacker
from osbot_lambda.runtime.Invoker import Invoker
from tests.local.server.Lambda_Rig import ROLE, body, error_of, zip_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT, ENDPOINT, in_process_client

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:lib'
NOT_THERE = 'ResourceNotFoundException', 'The resource you requested does not exist.', 404
USES_LIB = 'import lib\ndef handler(event, context): return lib.VALUE'


class test_layer_versions:
    @pytest.mark.fidelity(
        'PublishLayerVersion',
        aws='201, Content with CodeSha256 and CodeSize, Version from 1 on',
        ours='as AWS',
        source='S layer_publish_response',
        kind='recorded',
    )
    def test_publishing_answers_with_all_of_awss_keys(self, rig):
        data = zip_of({'python/lib.py': 'VALUE = 1'})
        answer = rig.publish_layer(
            Description='d', LicenseInfo='MIT', CompatibleRuntimes=['python3.12'], CompatibleArchitectures=['x86_64']
        )
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        found = body(answer)
        sha = hashlib.sha256(data)
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000', found.pop('CreatedDate'))
        assert found == {
            'LayerArn': ARN,
            'LayerVersionArn': f'{ARN}:1',
            'Version': 1,
            'Description': 'd',
            'LicenseInfo': 'MIT',
            'CompatibleRuntimes': ['python3.12'],
            'CompatibleArchitectures': ['x86_64'],
            'Content': {
                'Location': f'{ENDPOINT}/_osbot_lambda/code/{sha.hexdigest()}',
                'CodeSha256': base64.b64encode(sha.digest()).decode(),
                'CodeSize': len(data),
            },
        }
        assert rig.engine.code_zip(sha.hexdigest()) == data

    def test_compatibility_is_left_out_when_not_given_and_empty_when_given_empty(self, rig):
        found = rig.publish_layer()
        assert not {'CompatibleRuntimes', 'CompatibleArchitectures', 'LicenseInfo'} & found.keys()
        assert found['Description'] == ''
        found = rig.publish_layer(CompatibleRuntimes=[], CompatibleArchitectures=[])
        assert (found['CompatibleRuntimes'], found['CompatibleArchitectures']) == ([], [])

    def test_a_version_is_found_by_number_and_by_arn(self, rig):
        published = body(rig.publish_layer())
        assert body(rig.client.get_layer_version(LayerName='lib', VersionNumber=1)) == published
        assert body(rig.client.get_layer_version(LayerName=ARN, VersionNumber=1)) == published
        assert body(rig.client.get_layer_version_by_arn(Arn=f'{ARN}:1')) == published

    def test_the_content_can_come_from_s3(self, rig):
        rig.objects['bucket', 'layer.zip'] = zip_of({'python/lib.py': 'VALUE = 3'})
        answer = rig.client.publish_layer_version(LayerName='lib', Content={'S3Bucket': 'bucket', 'S3Key': 'layer.zip'})
        rig.create(code=USES_LIB, Layers=[answer['LayerVersionArn']])
        assert rig.value() == 3

    def test_numbers_are_never_used_again(self, rig):
        assert [rig.publish_layer()['Version'] for _ in range(2)] == [1, 2]
        for number in (1, 2):
            rig.client.delete_layer_version(LayerName='lib', VersionNumber=number)
        assert rig.client.list_layers()['Layers'] == []
        assert rig.publish_layer()['Version'] == 3

    def test_deleting_what_is_not_there_is_no_error(self, rig):
        for name in ('lib', 'never-there'):
            rig.publish_layer()
            answer = rig.client.delete_layer_version(LayerName=name, VersionNumber=9)
            assert answer['ResponseMetadata']['HTTPStatusCode'] == 204

    def test_what_is_not_there(self, rig):
        rig.publish_layer()
        assert error_of(rig.client.get_layer_version, LayerName='lib', VersionNumber=2) == NOT_THERE
        assert error_of(rig.client.get_layer_version, LayerName='other', VersionNumber=1) == NOT_THERE
        assert error_of(rig.client.get_layer_version_by_arn, Arn=f'{ARN}:2') == NOT_THERE
        text = 'Layer Version Cannot be less than 1'
        found = error_of(rig.client.get_layer_version, LayerName='lib', VersionNumber=0)
        assert found == ('InvalidParameterValueException', text, 400)

    @pytest.mark.parametrize(
        ('content', 'params', 'code', 'words'),
        [
            ({'ZipFile': b'no zip'}, {}, 'InvalidParameterValueException', 'Could not unzip uploaded file.'),
            ({'ZipFile': b''}, {}, 'InvalidParameterValueException', 'Uploaded file must be a non-empty zip'),
            ({}, {}, 'InvalidParameterValueException', 'Please provide a source for layer content.'),
            (
                {'ZipFile': zip_of('')},
                {'CompatibleRuntimes': ['cobol85']},
                'ValidationException',
                "Value '[cobol85]' at 'compatibleRuntimes' failed to satisfy constraint",
            ),
            (
                {'ZipFile': zip_of('')},
                {'CompatibleRuntimes': ['python3.12'] * 16},
                'ValidationException',
                'Member must have length less than or equal to 15',
            ),
            (
                {'ZipFile': zip_of('')},
                {'CompatibleArchitectures': ['mips']},
                'ValidationException',
                "Value '[mips]' at 'compatibleArchitectures' failed to satisfy constraint",
            ),
        ],
    )
    def test_what_is_refused_is_not_published(self, rig, content, params, code, words):
        found = error_of(rig.client.publish_layer_version, LayerName='lib', Content=content, **params)
        assert (found[0], found[2]) == (code, 400)
        assert words in found[1]
        assert rig.client.list_layers()['Layers'] == []

    def test_a_zip_over_50_mb(self, rig):
        found = error_of(rig.client.publish_layer_version, LayerName='lib', Content={'ZipFile': b'x' * 52_428_801})
        assert found[0] == 'RequestEntityTooLargeException'


class test_lists:
    def test_versions_come_newest_first_in_pages(self, rig):
        for _ in range(12):
            rig.publish_layer()
        pages = list(rig.client.get_paginator('list_layer_versions').paginate(LayerName='lib', MaxItems=5))
        assert [len(page['LayerVersions']) for page in pages] == [5, 5, 2]
        versions = [version for page in pages for version in page['LayerVersions']]
        assert [version['Version'] for version in versions] == list(range(12, 0, -1))
        assert 'Content' not in versions[0]
        assert rig.client.list_layer_versions(LayerName='other')['LayerVersions'] == []

    def test_layers_come_by_name_each_with_its_newest_version(self, rig):
        for name in ('b', 'a', 'c', 'a'):
            rig.publish_layer(name)
        first = rig.client.list_layers(MaxItems=2)
        second = rig.client.list_layers(Marker=first['NextMarker'])
        assert 'NextMarker' not in second
        found = first['Layers'] + second['Layers']
        assert [(each['LayerName'], each['LatestMatchingVersion']['Version']) for each in found] == [
            ('a', 2),
            ('b', 1),
            ('c', 1),
        ]
        assert found[0]['LayerArn'] == ARN.replace(':lib', ':a')

    def test_the_newest_is_the_newest_that_fits(self, rig):
        rig.publish_layer(CompatibleRuntimes=['python3.11'], CompatibleArchitectures=['arm64'])
        rig.publish_layer(CompatibleRuntimes=['python3.12', 'python3.11'])
        rig.publish_layer(CompatibleRuntimes=['python3.12'], CompatibleArchitectures=['x86_64'])
        rig.publish_layer('says-nothing')

        def newest(**wanted):
            return [each['LatestMatchingVersion']['Version'] for each in rig.client.list_layers(**wanted)['Layers']]

        assert newest(CompatibleRuntime='python3.11') == [2]
        assert newest(CompatibleArchitecture='arm64') == [1]
        assert newest(CompatibleRuntime='python3.12', CompatibleArchitecture='arm64') == []
        found = rig.client.list_layer_versions(LayerName='lib', CompatibleRuntime='python3.12')['LayerVersions']
        assert [version['Version'] for version in found] == [3, 2]
        found = error_of(rig.client.list_layers, CompatibleRuntime='cobol85')
        assert found[0] == 'ValidationException'

    def test_reset_forgets_them(self, rig):
        rig.publish_layer()
        rig.engine.reset('999999999999')
        assert len(rig.client.list_layers()['Layers']) == 1
        rig.engine.reset(ACCOUNT)
        assert rig.client.list_layers()['Layers'] == []
        assert rig.publish_layer()['Version'] == 1


class test_functions_with_layers:
    def test_a_function_imports_from_its_layer(self, rig):
        layer = rig.publish_layer()
        answer = rig.create(code=USES_LIB, Layers=[layer['LayerVersionArn']])
        assert answer['Layers'] == [{'Arn': f'{ARN}:1', 'CodeSize': layer['Content']['CodeSize']}]
        assert rig.value() == 1

    @pytest.mark.fidelity(
        'Layers in /opt',
        aws='unzipped one after the other; the later one wins',
        ours='as AWS',
        source='D chapter-layers',
        kind='documented',
    )
    def test_the_later_layer_wins(self, rig):
        one = rig.publish_layer('one', 'VALUE = "one"')['LayerVersionArn']
        two = rig.publish_layer('two', 'VALUE = "two"')['LayerVersionArn']
        rig.create(code=USES_LIB, Layers=[one, two])
        assert rig.value() == 'two'
        rig.client.update_function_configuration(FunctionName='fn', Layers=[two, one])
        assert rig.value() == 'one'

    def test_the_programs_of_the_later_layer_come_first(self, rig):
        layers = [rig.publish_layer(name, {f'bin/{name}': ''})['LayerVersionArn'] for name in ('one', 'two')]
        code = 'import os\ndef handler(event, context): return [os.listdir(path) for path in os.get_exec_path()[-2:]]'
        rig.create(code=code, Layers=layers)
        assert rig.value() == [['two'], ['one']]

    def test_the_functions_own_code_wins_over_its_layers(self, rig):
        layer = rig.publish_layer()['LayerVersionArn']
        rig.create(code={'app.py': USES_LIB, 'lib.py': 'VALUE = "own"'}, Layers=[layer])
        assert rig.value() == 'own'

    def test_site_packages_of_the_runtime_count_too(self, rig):
        layer = rig.publish_layer(files={f'python/lib/{Invoker.RUNTIME}/site-packages/lib.py': 'VALUE = "site"'})
        rig.create(code=USES_LIB, Layers=[layer['LayerVersionArn']])
        assert rig.value() == 'site'

    def test_an_update_replaces_them_whole_and_an_empty_list_takes_them_away(self, rig):
        one, two = (rig.publish_layer(name)['LayerVersionArn'] for name in ('one', 'two'))
        rig.create(Layers=[one])
        rig.client.update_function_configuration(FunctionName='fn', Timeout=9)
        assert [each['Arn'] for each in rig.client.get_function_configuration(FunctionName='fn')['Layers']] == [one]
        answer = rig.client.update_function_configuration(FunctionName='fn', Layers=[two])
        assert [each['Arn'] for each in answer['Layers']] == [two]
        answer = rig.client.update_function_configuration(FunctionName='fn', Layers=[])
        assert 'Layers' not in answer
        code = 'import importlib.util\ndef handler(event, context): return importlib.util.find_spec("lib") is None'
        rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(code))
        assert rig.value() is True

    def test_a_published_version_keeps_its_layers(self, rig):
        one = rig.publish_layer()['LayerVersionArn']
        rig.create(code=USES_LIB, Layers=[one], Publish=True)
        two = rig.publish_layer(files='VALUE = 2')['LayerVersionArn']
        rig.client.update_function_configuration(FunctionName='fn', Layers=[two])
        assert (rig.value(), rig.value(Qualifier='1')) == (2, 1)

    @pytest.mark.fidelity(
        'Deleted layer versions',
        aws='go on working for functions that have them; numbers are not used again',
        ours='as AWS',
        source='D chapter-layers',
        kind='documented',
    )
    def test_a_deleted_layer_version_goes_on_working_for_those_that_have_it(self, rig):
        layer = rig.publish_layer()['LayerVersionArn']
        rig.create(code=USES_LIB, Layers=[layer])
        rig.client.delete_layer_version(LayerName='lib', VersionNumber=1)
        assert rig.value() == 1
        rig.client.update_function_configuration(FunctionName='fn', Timeout=9)
        assert rig.value() == 1
        text = f'Layer version {layer} does not exist.'
        assert error_of(rig.create, name='late', Layers=[layer]) == ('InvalidParameterValueException', text, 400)

    def test_what_is_refused(self, rig):
        arns = [rig.publish_layer(f'layer-{number}')['LayerVersionArn'] for number in range(6)]
        second = rig.publish_layer('layer-0')['LayerVersionArn']
        wrong = 'InvalidParameterValueException'
        assert error_of(rig.create, Layers=arns) == (wrong, 'Cannot reference more than 5 layers.', 400)
        text = (
            f'Two different versions of the same layer are not allowed to be referenced in the same function. '
            f'{arns[0]} and {second} are versions of the same layer.'
        )
        assert error_of(rig.create, Layers=[arns[0], second]) == (wrong, text, 400)
        assert 'same layer' in error_of(rig.create, Layers=[arns[0], arns[0]])[1]
        unknown = f'{ARN}:7'
        assert error_of(rig.create, Layers=[unknown]) == (wrong, f'Layer version {unknown} does not exist.', 400)
        assert error_of(rig.create, Layers=[arns[0].replace('eu-west-1', 'us-east-1')]) == (
            wrong,
            'Layers are not in the same region as the function. Layers are expected to be in region eu-west-1.',
            400,
        )
        assert error_of(rig.create, Layers=[ARN])[0] == 'ValidationException'
        assert rig.client.list_functions()['Functions'] == []

    def test_code_and_layers_together_have_a_limit(self, rig, monkeypatch):
        monkeypatch.setattr(Code_Unpacker, 'MAX_UNZIPPED', 1000)
        layer = rig.publish_layer(files={'data': b'x' * 900})['LayerVersionArn']
        text = (
            'Function code combined with layers exceeds the maximum allowed size of 1000 bytes. '
            'The actual size is 1100 bytes.'
        )
        expected = 'InvalidParameterValueException', text, 400
        large = {'app.py': b'#' * 200}
        assert error_of(rig.create, code=large, Layers=[layer]) == expected
        rig.create(code=large)
        assert error_of(rig.client.update_function_configuration, FunctionName='fn', Layers=[layer]) == expected
        rig.create('small', Layers=[layer])
        assert error_of(rig.client.update_function_code, FunctionName='small', ZipFile=zip_of(large)) == expected
        assert rig.client.get_function_configuration(FunctionName='fn')['CodeSize'] == len(zip_of(large))

    def test_the_account_settings_count_layers_too(self, rig):
        size = rig.publish_layer()['Content']['CodeSize']
        assert rig.client.get_account_settings()['AccountUsage'] == {'TotalCodeSize': size, 'FunctionCount': 0}


class test_another_account:
    @pytest.fixture
    def stranger(self, rig):
        return in_process_client('lambda', rig.engine, '999999999999')

    def test_it_needs_the_layers_permission(self, rig, stranger):
        layer = rig.publish_layer()['LayerVersionArn']
        code, message, status = error_of(stranger.get_layer_version_by_arn, Arn=layer)
        assert (code, status) == ('AccessDeniedException', 403)
        assert f'is not authorized to perform: lambda:GetLayerVersion on resource: {layer}' in message
        rig.client.add_layer_version_permission(
            LayerName='lib',
            VersionNumber=1,
            StatementId='one',
            Action='lambda:GetLayerVersion',
            Principal='999999999999',
        )
        assert stranger.get_layer_version_by_arn(Arn=layer)['LayerVersionArn'] == layer
        answer = stranger.create_function(
            FunctionName='fn',
            Runtime=Invoker.RUNTIME,
            Handler='app.handler',
            Role=ROLE,
            Code={'ZipFile': zip_of(USES_LIB)},
            Layers=[layer],
        )
        assert answer['Layers'][0]['Arn'] == layer

    def test_it_can_not_change_it(self, rig, stranger):
        rig.publish_layer()
        assert error_of(stranger.delete_layer_version, LayerName=ARN, VersionNumber=1)[0] == 'AccessDeniedException'
        assert len(rig.client.list_layers()['Layers']) == 1
