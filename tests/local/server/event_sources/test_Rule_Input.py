import json

import pytest

from osbot_lambda.local.server.event_sources.Rule_Input import Rule_Input

EVENT = {'source': 'shop', 'time': '2026-01-31T12:00:00Z', 'detail': {'id': 'a "b"', 'items': [{'n': 1}, {'n': 2.5}]}}


def sent(**target):
    return json.loads(Rule_Input.of(target, EVENT, 'rule', 'arn:rule'))


class test_Rule_Input:
    def test_the_event_itself_a_constant_or_a_part_of_it(self):
        assert sent() == EVENT
        assert sent(Input='{"a": 1}') == {'a': 1}
        assert sent(InputPath='$.detail.items[1]') == {'n': 2.5}
        assert sent(InputPath="$['detail']['id']") == 'a "b"'
        assert sent(InputPath='$') == EVENT

    @pytest.mark.parametrize('path', ['$.no', '$.detail.items[9]', '$.source.deeper', '$.detail.items.n'])
    def test_what_is_not_there_is_null(self, path):
        assert sent(InputPath=path) is None

    @pytest.mark.parametrize(
        ('template', 'value'),
        [
            ('{"id": <id>, "all": <items>}', {'id': 'a "b"', 'all': [{'n': 1}, {'n': 2.5}]}),
            ('"order <id> of <source>"', 'order a "b" of shop'),
            ('{"q": "say \\"<source>\\"", "s": <source>}', {'q': 'say "shop"', 's': 'shop'}),
            ('{"none": <none>, "text": "<none>"}', {'none': None, 'text': ''}),
            ('{"rule": <aws.events.rule-name>}', {'rule': 'rule'}),
            ('<aws.events.event.json>', EVENT),
            ('"<unknown>"', '<unknown>'),
        ],
    )
    def test_a_template(self, template, value):
        paths = {'id': '$.detail.id', 'items': '$.detail.items', 'source': '$.source', 'none': '$.none'}
        assert sent(InputTransformer={'InputPathsMap': paths, 'InputTemplate': template}) == value
