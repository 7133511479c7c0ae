import json
import re
from collections.abc import Mapping
from typing import Any


class Rule_Input:
    """What a target of an EventBridge rule is sent: the event, or what the target's settings make of it.

    Input is sent as it stands, InputPath picks a part, InputTransformer fills a template; paths are `$.a.b[0]`.
    Shapes : target has the keys of the API's Target; event is the whole event.
    Source : EventBridge user guide, "Transforming Amazon EventBridge target input".
    """

    STEP = re.compile(r'\.([^.\[\]]+)|\[(\d+)\]|\[[\'"]([^\]]+)[\'"]\]')
    PLACE = re.compile(r'<([^<>\s"]+)>')

    @classmethod
    def of(cls, target: Mapping[str, Any], event: Mapping[str, Any], rule_name: str, rule_arn: str) -> str:
        """JSON text."""
        if target.get('Input'):
            return str(target['Input'])
        if target.get('InputPath'):
            return json.dumps(cls.part(event, target['InputPath']), ensure_ascii=False)
        transformer = target.get('InputTransformer')
        if not transformer:
            return json.dumps(event, ensure_ascii=False)
        values = {name: cls.part(event, path) for name, path in transformer.get('InputPathsMap', {}).items()}
        values |= {
            'aws.events.rule-name': rule_name,
            'aws.events.rule-arn': rule_arn,
            'aws.events.event': {key: value for key, value in event.items() if key != 'detail'},
            'aws.events.event.json': event,
            'aws.events.event.ingestion-time': event.get('time'),
        }
        return cls.fill(transformer.get('InputTemplate', ''), values)

    @classmethod
    def part(cls, event: Any, path: str) -> Any:
        """What stands at the path, or None."""
        for step in cls.STEP.finditer(path):
            key, index = step[1] or step[3], step[2]
            try:
                event = event[int(index)] if index else event[key]
            except (LookupError, TypeError):
                return None
        return event

    @classmethod
    def fill(cls, template: str, values: Mapping[str, Any]) -> str:
        """The template with its <names> replaced: inside quotes by text, else by JSON; unknown names stay."""
        filled, at, quoted = [], 0, False
        for place in cls.PLACE.finditer(template):
            between = template[at : place.start()]
            quoted ^= len(re.findall(r'(?<!\\)"', between)) % 2 == 1
            filled.append(between)
            filled.append(cls._shown(values[place[1]], quoted) if place[1] in values else place[0])
            at = place.end()
        return ''.join([*filled, template[at:]])

    @staticmethod
    def _shown(value: Any, quoted: bool) -> str:
        if not quoted:
            return json.dumps(value, ensure_ascii=False)
        text = '' if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return json.dumps(text, ensure_ascii=False)[1:-1]
