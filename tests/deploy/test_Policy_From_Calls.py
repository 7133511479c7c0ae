import json

from osbot_lambda.deploy.Policy_From_Calls import Policy_From_Calls

QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:q'
BASIS = {'Effect': 'Allow', 'Action': ['logs:PutLogEvents'], 'Resource': ['arn:logs']}


def call(service, operation, resource, count=1):
    return {'service': service, 'operation': operation, 'resource': resource, 'count': count}


def policy(*calls):
    return Policy_From_Calls('fn', [BASIS]).policy(calls)


def statements(*calls):
    """{actions: resources}, without those that are there anyway."""
    return {' '.join(each['Action']): each['Resource'] for each in policy(*calls).document['Statement'][1:]}


def objects(*keys, operation='GetObject'):
    return [call('s3', operation, f'arn:aws:s3:::data/{key}') for key in keys]


class test_Policy_From_Calls:
    def test_actions_on_the_same_resource_are_one_statement(self):
        calls = [
            call('sqs', name, QUEUE) for name in ('SendMessageBatch', 'GetQueueUrl', 'SendMessage', 'DeleteMessage')
        ]
        assert statements(*calls) == {'sqs:DeleteMessage sqs:GetQueueUrl sqs:SendMessage': [QUEUE]}

    def test_what_the_function_needs_anyway_comes_first(self):
        assert policy().document == {'Version': '2012-10-17', 'Statement': [BASIS]}

    def test_what_everybody_may_is_left_out(self):
        assert statements(call('sts', 'GetCallerIdentity', '*')) == {}

    def test_one_object_is_named_and_that_it_was_alone_is_said(self):
        assert statements(*objects('in/a.json')) == {'s3:GetObject': ['arn:aws:s3:::data/in/a.json']}
        (note,) = policy(*objects('in/a.json')).notes
        assert note.endswith('for others like it say arn:aws:s3:::data/in/*')

    def test_of_several_objects_their_folder_is_named(self):
        found = policy(*objects('in/a', 'in/b', 'in/a', 'x', 'y', operation='PutObject'))
        assert found.document['Statement'][1]['Resource'] == ['arn:aws:s3:::data/*', 'arn:aws:s3:::data/in/*']
        assert found.notes == ()

    def test_of_very_many_folders_the_bucket_is_named(self):
        keys = [f'day-{number}/{name}' for number in range(11) for name in 'ab']
        assert statements(*objects(*keys)) == {'s3:GetObject': ['arn:aws:s3:::data/*']}
        assert statements(*objects('a/b', '*')) == {'s3:GetObject': ['arn:aws:s3:::data/*']}

    def test_a_bucket_and_its_objects_are_two_resources(self):
        calls = [call('s3', 'ListObjectsV2', 'arn:aws:s3:::data'), *objects('a/1', 'a/2')]
        assert statements(*calls) == {'s3:GetObject': ['arn:aws:s3:::data/a/*'], 's3:ListBucket': ['arn:aws:s3:::data']}

    def test_an_action_on_everything_is_said(self):
        found = policy(call('dynamodb', 'GetRecords', '*'), call('dynamodb', 'GetRecords', 'arn:x'))
        assert found.document['Statement'][1]['Resource'] == ['*']
        assert "dynamodb:GetRecords is allowed on '*'" in found.notes[0]

    def test_a_call_that_is_not_known_is_said_and_allows_nothing(self):
        found = policy(call('appmesh', 'GET /x/y', '*'))
        assert len(found.document['Statement']) == 1
        assert 'appmesh: GET /x/y' in found.notes[0]

    def test_no_call_at_all_is_said(self):
        assert 'has made no AWS call yet' in policy().notes[0]

    def test_a_policy_that_is_too_large_for_a_role_is_said(self):
        calls = [call('sqs', 'SendMessage', f'{QUEUE}{number:04}') for number in range(300)]
        assert 'the inline policies of a role may have 10240' in policy(*calls).notes[0]


class test_Function_Policy:
    def test_it_shows_itself(self):
        found = policy(call('sqs', 'SendMessage', '*', 3))
        assert json.loads(found.json()) == found.document
        assert str(found).startswith(found.json())
        assert str(found).endswith(
            "\nnote: sqs:SendMessage is allowed on '*': it has no narrower resource, or the call did not say which"
        )
        assert repr(found) == '<Function_Policy fn: 2 statements from 3 calls, 1 notes>'

    def test_in_a_notebook_with_its_text_escaped(self):
        html = policy(*objects('<b>')).document, policy(*objects('<b>'))._repr_html_()
        assert '&lt;b&gt;' in html[1]
        assert '<b>]' not in html[1]
