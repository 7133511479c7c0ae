import pytest

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.sqs.Message_Attributes import Message_Attributes

TEXT = {'DataType': 'String', 'StringValue': 'x'}


class test_Message_Attributes:
    @pytest.mark.parametrize(
        ('attributes', 'md5'),
        [
            ({'timestamp': {'DataType': 'Number', 'StringValue': '1493147359900'}}, '235c5c510d26fb653d073faed50ae77c'),
            (
                {
                    'b': {'DataType': 'Binary.gif', 'BinaryValue': b'\x00\xff'},
                    'a': {'DataType': 'String', 'StringValue': 'héllo'},
                },
                '0ad3c686f6c5498e691fbca8155854e8',
            ),
            ({}, None),
        ],
        ids=['number', 'text and binary, out of order', 'none'],
    )
    def test_md5_as_aws_computes_it(self, attributes, md5):
        assert Message_Attributes.md5(attributes) == md5

    @pytest.mark.parametrize(
        ('attributes', 'words'),
        [
            ({f'a{number}': TEXT for number in range(11)}, r'\[11\] exceeds the allowed maximum \[10\]'),
            ({'aws.x': TEXT}, "name 'aws.x' is invalid"),
            ({'.x': TEXT}, "name '.x' is invalid"),
            ({'a..b': TEXT}, "name 'a..b' is invalid"),
            ({'a b': TEXT}, "name 'a b' is invalid"),
            ({'x': {'StringValue': 'v'}}, 'non-empty message attribute type'),
            ({'x': {'DataType': 'Text', 'StringValue': 'v'}}, 'supported type prefixes: Binary, Number, String'),
            ({'x': {'DataType': 'String'}}, "non-empty value of type 'String'"),
            ({'x': {'DataType': 'Binary', 'StringValue': 'v'}}, "non-empty value of type 'Binary'"),
            ({'x': {'DataType': 'Number.int', 'StringValue': 'seven'}}, 'to a number'),
        ],
        ids=['11', 'reserved', 'dot first', 'two dots', 'space', 'no type', 'type', 'no value', 'no bytes', 'number'],
    )
    def test_what_aws_refuses_is_refused(self, attributes, words):
        with pytest.raises(Api__Error, match=words) as caught:
            Message_Attributes.check(attributes)
        assert caught.value.code == 'InvalidParameterValue'

    def test_what_aws_takes_is_taken(self):
        Message_Attributes.check(
            {
                'my.name-1_x': {'DataType': 'String.label', 'StringValue': 'v'},
                'n': {'DataType': 'Number', 'StringValue': '-1.5e3'},
                'b': {'DataType': 'Binary', 'BinaryValue': b'\x00'},
            }
        )

    @pytest.mark.parametrize(
        ('names', 'chosen'),
        [
            ([], set()),
            (['All'], {'a', 'p.one', 'p.two'}),
            (['.*'], {'a', 'p.one', 'p.two'}),
            (['a'], {'a'}),
            (['p.*'], {'p.one', 'p.two'}),
            (['a', 'p.one', 'z'], {'a', 'p.one'}),
        ],
        ids=['none', 'All', '.*', 'name', 'prefix', 'several'],
    )
    def test_a_receiver_chooses_by(self, names, chosen):
        assert set(Message_Attributes.chosen({'a': TEXT, 'p.one': TEXT, 'p.two': TEXT}, names)) == chosen
