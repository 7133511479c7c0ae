import pytest
from botocore.exceptions import ClientError

ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:fn'


class test_Tag_Operations:
    def test_tags_of_a_function_come_and_go(self, rig):
        rig.create(Tags={'team': 'a', 'old': '1'})
        rig.client.tag_resource(Resource=ARN, Tags={'team': 'b', 'new': '2'})
        rig.client.untag_resource(Resource=ARN, TagKeys=['old', 'never there'])
        assert rig.client.list_tags(Resource=ARN)['Tags'] == {'team': 'b', 'new': '2'}

    @pytest.mark.fidelity(
        'Tags',
        aws='a change gives a new RevisionId',
        ours='as AWS',
        source='S tags',
        kind='documented',
    )
    def test_tagging_changes_the_revision_and_keeps_the_environments(self, rig):
        rig.create()
        rig.value()
        before = rig.client.get_function_configuration(FunctionName='fn')['RevisionId']
        rig.client.tag_resource(Resource=ARN, Tags={'team': 'b'})
        assert rig.client.get_function_configuration(FunctionName='fn')['RevisionId'] != before
        rig.value()
        assert rig.invoker.stats()['cold_starts'] == 1

    def test_tags_of_a_mapping(self, rig):
        rig.create()
        _, queue_arn = rig.queue()
        arn = rig.client.create_event_source_mapping(
            FunctionName='fn', EventSourceArn=queue_arn, Tags={'one': '1'}, Enabled=False
        )['EventSourceMappingArn']
        rig.client.tag_resource(Resource=arn, Tags={'two': '2'})
        rig.client.untag_resource(Resource=arn, TagKeys=['one'])
        assert rig.client.list_tags(Resource=arn)['Tags'] == {'two': '2'}

    @pytest.mark.parametrize(
        ('arn', 'tags', 'code'),
        [
            (ARN, {f'key{n}': '' for n in range(51)}, 'InvalidParameterValueException'),
            (f'{ARN}:1', {'a': 'b'}, 'InvalidParameterValueException'),
            (ARN + '-other', {'a': 'b'}, 'ResourceNotFoundException'),
        ],
        ids=['too many', 'of a version', 'not there'],
    )
    def test_what_is_refused(self, rig, arn, tags, code):
        rig.create(Publish=True)
        with pytest.raises(ClientError) as caught:
            rig.client.tag_resource(Resource=arn, Tags=tags)
        assert caught.value.response['Error']['Code'] == code
        assert rig.client.list_tags(Resource=ARN)['Tags'] == {}
