import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from osbot_lambda.aws.iam.IAM_Actions import IAM_Actions
from osbot_lambda.aws.iam.IAM_Policy import VERSION
from osbot_lambda.deploy.Function_Policy import Function_Policy

LARGEST = 10_240  # characters, without white space, of all inline policies of a role: "IAM quotas"
MOST_FOLDERS = 10
OBJECT = re.compile(r'(arn:[\w-]+:s3:::[^/]+)/(.+)')

Call = Mapping[str, Any]


class Policy_From_Calls:
    """Makes a policy from the calls that were seen.

    Of S3 objects, one that was seen alone in its folder is named; of several, their folder is; of the objects of more
    than ten folders, their bucket. Statements with the same resources are one.

    Shapes : calls are as Local_Cloud.calls() gives them; basis are statements that the function needs in any case.
    """

    def __init__(self, name: str, basis: Sequence[Mapping[str, Any]] = ()):
        self.name, self.basis = name, [dict(statement) for statement in basis]

    def policy(self, calls: Iterable[Call]) -> Function_Policy:
        """The policy, with notes on what it can't know."""
        seen = list(calls)
        allowed: dict[str, list[str]] = {}
        notes = []
        for call in seen:
            if ' ' in call['operation']:
                notes.append(
                    f'{call["service"]}: {call["operation"]} is a call whose action is not known; look for it in the '
                    f'Service Authorization Reference, and add it'
                )
            elif action := IAM_Actions.of(call['service'], call['operation']):
                allowed.setdefault(action, []).append(call['resource'])
        resources = {action: self._resources(action, arns, notes) for action, arns in allowed.items()}
        document = {'Version': VERSION, 'Statement': [*self.basis, *self._statements(resources)]}
        policy = Function_Policy(self.name, document, (), tuple(seen))
        size = len(re.sub(r'\s', '', policy.json()))
        if size > LARGEST:
            notes.append(f'it has {size} characters, and the inline policies of a role may have {LARGEST}: widen some')
        if not seen:
            notes.append(f'{self.name} has made no AWS call yet on this cloud: invoke it first, in all that it does')
        return Function_Policy(self.name, document, tuple(notes), tuple(seen))

    def _resources(self, action: str, arns: Sequence[str], notes: list[str]) -> list[str]:
        if '*' in arns:
            notes.append(f"{action} is allowed on '*': it has no narrower resource, or the call did not say which")
            return ['*']
        found: dict[str, None] = {}
        for bucket, keys in self._objects(arns).items():
            folders: dict[str, list[str]] = {}
            for key in keys:
                folders.setdefault(key.rpartition('/')[0], []).append(key)
            if len(folders) > MOST_FOLDERS or '*' in keys:
                found[f'{bucket}/*'] = None
                continue
            for folder, inside in folders.items():
                whole = f'{bucket}/{folder}/*' if folder else f'{bucket}/*'
                found[f'{bucket}/{inside[0]}' if len(inside) == 1 else whole] = None
                if len(inside) == 1:
                    notes.append(f'{action}: one object alone was seen, {inside[0]}; for others like it say {whole}')
        found |= {arn: None for arn in arns if not OBJECT.fullmatch(arn)}
        return sorted(found)

    @staticmethod
    def _objects(arns: Iterable[str]) -> dict[str, list[str]]:
        """{bucket's ARN: keys}"""
        found: dict[str, list[str]] = {}
        for arn in dict.fromkeys(arns):
            if match := OBJECT.fullmatch(arn):
                found.setdefault(match[1], []).append(match[2])
        return found

    @staticmethod
    def _statements(resources: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
        """One for each service and set of resources."""
        groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for action in sorted(resources):
            groups.setdefault((action.partition(':')[0], tuple(resources[action])), []).append(action)
        return [{'Effect': 'Allow', 'Action': actions, 'Resource': list(arns)} for (_, arns), actions in groups.items()]
