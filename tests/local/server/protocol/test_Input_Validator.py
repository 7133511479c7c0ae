import pytest
from botocore.model import ServiceModel

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.protocol.Input_Validator import Input_Validator

SHAPES = {
    'Input': {
        'type': 'structure',
        'required': ['Name'],
        'members': {
            'Name': {'shape': 'Name'},
            'Count': {'shape': 'Count'},
            'Kind': {'shape': 'Kind'},
            'Secret': {'shape': 'Secret'},
            'Names': {'shape': 'Names'},
            'Inner': {'shape': 'Inner'},
            'Inners': {'shape': 'Inners'},
            'Tags': {'shape': 'Tags'},
            'Blob': {'shape': 'Blob'},
        },
    },
    'Inner': {
        'type': 'structure',
        'required': ['Value'],
        'members': {'Value': {'shape': 'Name'}, 'Next': {'shape': 'Inner'}},
    },
    'Inners': {'type': 'list', 'member': {'shape': 'Inner'}, 'max': 2},
    'Name': {'type': 'string', 'min': 2, 'max': 4, 'pattern': '[a-z]+'},
    'Names': {'type': 'list', 'member': {'shape': 'Name'}, 'min': 1, 'max': 3},
    'Count': {'type': 'integer', 'min': 0, 'max': 10},
    'Kind': {'type': 'string', 'enum': ['a', 'b']},
    'Secret': {'type': 'string', 'max': 3, 'sensitive': True},
    'Tags': {'type': 'map', 'key': {'shape': 'Tag'}, 'value': {'shape': 'Name'}},
    'Tag': {'type': 'string', 'pattern': r'[\p{L}\p{Z}\p{N}_.]+'},
    'Blob': {'type': 'blob', 'max': 3},
}
AT_FAULT = 'failed to satisfy constraint: '


def check(**params):
    model = ServiceModel({'metadata': {}, 'operations': {}, 'shapes': SHAPES}, 'made')
    Input_Validator().compile(model.shape_for('Input'))(params)


def found(**params):
    """The text of each finding."""
    with pytest.raises(Api__Error) as caught:
        check(**{'Name': 'abc', **params})
    assert caught.value.code == 'ValidationException'
    title, _, rest = caught.value.message.partition(' detected: ')
    findings = rest.split('; ')
    assert title == f'{len(findings)} validation error{"" if len(findings) == 1 else "s"}'
    return findings


class test_Input_Validator:
    def test_what_is_right_passes(self):
        check(
            Name='abcd',
            Count=0,
            Kind='b',
            Secret='xyz',
            Names=['ab'],
            Inner={'Value': 'ab', 'Next': {'Value': 'cd'}},
            Inners=[{'Value': 'ab'}],
            Tags={'é 1': 'ab'},
            Blob=b'abc',
        )

    def test_a_missing_member(self):
        with pytest.raises(Api__Error) as caught:
            check()
        assert caught.value.message == (
            f"1 validation error detected: Value null at 'name' {AT_FAULT}Member must not be null"
        )

    @pytest.mark.parametrize(
        ('params', 'finding'),
        [
            ({'Name': 'abcde'}, f"Value 'abcde' at 'name' {AT_FAULT}Member must have length less than or equal to 4"),
            ({'Name': 'a'}, f"Value 'a' at 'name' {AT_FAULT}Member must have length greater than or equal to 2"),
            (
                {'Name': 'ab\n'},
                f"Value 'ab\n' at 'name' {AT_FAULT}Member must satisfy regular expression pattern: [a-z]+",
            ),
            ({'Count': 11}, f"Value '11' at 'count' {AT_FAULT}Member must have value less than or equal to 10"),
            ({'Count': -1}, f"Value '-1' at 'count' {AT_FAULT}Member must have value greater than or equal to 0"),
            ({'Kind': 'c'}, f"Value 'c' at 'kind' {AT_FAULT}Member must satisfy enum value set: [a, b]"),
            ({'Secret': 'abcd'}, f"Value at 'secret' {AT_FAULT}Member must have length less than or equal to 3"),
            ({'Blob': b'abcd'}, f"Value 'b'abcd'' at 'blob' {AT_FAULT}Member must have length less than or equal to 3"),
            ({'Names': []}, f"Value '[]' at 'names' {AT_FAULT}Member must have length greater than or equal to 1"),
            ({'Inner': {}}, f"Value null at 'inner.value' {AT_FAULT}Member must not be null"),
            (
                {'Inner': {'Value': 'ab', 'Next': {'Value': 'a'}}},
                f"Value 'a' at 'inner.next.value' {AT_FAULT}Member must have length greater than or equal to 2",
            ),
            (
                {'Inners': [{'Value': 'ab'}, {}]},
                f"Value null at 'inners.2.member.value' {AT_FAULT}Member must not be null",
            ),
        ],
    )
    def test_the_words_for(self, params, finding):
        assert found(**params) == [finding]

    def test_scalars_in_a_list_are_told_with_all_their_constraints(self):
        all_of_them = (
            'Member must have length less than or equal to 4, Member must have length greater than or equal to 2, '
            'Member must satisfy regular expression pattern: [a-z]+'
        )
        assert found(Names=['ab', 'A']) == [
            f"Value '[ab, A]' at 'names' {AT_FAULT}Member must satisfy constraint: [{all_of_them}]"
        ]

    def test_keys_and_values_of_a_map(self):
        keys, values = found(Tags={'a-b': 'x'})
        assert keys.startswith(f"Value '{{a-b=x}}' at 'tags' {AT_FAULT}Map keys must satisfy constraint: [")
        assert values.startswith(f"Value '{{a-b=x}}' at 'tags' {AT_FAULT}Map value must satisfy constraint: [")

    def test_several_findings_come_in_the_models_order(self):
        findings = found(Kind='c', Count=11, Name='A')
        assert [finding.split("'")[3] for finding in findings] == ['name', 'name', 'count', 'kind']
