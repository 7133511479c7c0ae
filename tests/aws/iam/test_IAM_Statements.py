import pytest

from osbot_lambda.aws.iam.IAM_Statements import IAM_Statements

QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders'
READ = {'Effect': 'Allow', 'Action': ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], 'Resource': [QUEUE]}


def allowing(**elements):
    return IAM_Statements([{'Effect': 'Allow', **elements}])


class test_IAM_Statements:
    @pytest.mark.parametrize(
        ('elements', 'allowed'),
        [
            ({'Action': 'sqs:ReceiveMessage', 'Resource': QUEUE}, True),
            ({'Action': ['sqs:X', 'SQS:receivemessage'], 'Resource': ['x', QUEUE]}, True),
            ({'Action': 'sqs:*', 'Resource': '*'}, True),
            ({'Action': '*', 'Resource': 'arn:aws:sqs:*:*:ord?rs'}, True),
            ({'Action': 'sqs:Receive', 'Resource': '*'}, False),
            ({'Action': 'sqs:*', 'Resource': QUEUE.upper()}, False),
            ({'Action': 'sqs:*', 'Resource': f'{QUEUE}-2'}, False),
            ({'Action': 's3:*', 'Resource': '*'}, False),
            ({'NotAction': 'iam:*', 'Resource': '*'}, True),
            ({'NotAction': 'sqs:*', 'Resource': '*'}, False),
            ({'Action': 'sqs:*', 'NotResource': QUEUE}, False),
            ({'Action': 'sqs:*', 'NotResource': 'arn:aws:s3:::*'}, True),
            ({'Action': 'sqs:[R]eceiveMessage', 'Resource': '*'}, False),
        ],
    )
    def test_what_a_statement_allows(self, elements, allowed):
        assert allowing(**elements).allows('sqs:ReceiveMessage', QUEUE) is allowed

    def test_a_denial_allows_nothing(self):
        assert not IAM_Statements([{'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]).allows('sqs:X', QUEUE)

    def test_what_is_missing_is_said_as_statements(self):
        assert IAM_Statements([]).missing([READ]) == [READ]
        assert allowing(Action='sqs:*', Resource=QUEUE).missing([READ]) == []
        half = allowing(Action='sqs:ReceiveMessage', Resource='*')
        assert half.missing([READ]) == [{**READ, 'Action': ['sqs:DeleteMessage']}]

    def test_of_several_resources_those_that_lack_something(self):
        wanted = {'Effect': 'Allow', 'Action': ['sqs:ReceiveMessage'], 'Resource': [QUEUE, f'{QUEUE}-2']}
        missing = allowing(Action='sqs:*', Resource=QUEUE).missing([wanted])
        assert missing == [{**wanted, 'Resource': [f'{QUEUE}-2']}]

    def test_two_statements_together_allow_what_neither_does_alone(self):
        statements = [{'Effect': 'Allow', 'Action': action, 'Resource': QUEUE} for action in READ['Action']]
        assert IAM_Statements(statements).missing([READ]) == []
