import json
from typing import Any

from osbot_lambda.aws.session.AWS_Session import AWS_Session

OF_A_MOMENT = {'RevisionId', 'LastModified', 'UUID', 'State', 'StateTransitionReason', 'LastProcessingResult'}
OF_A_MOMENT |= {'EventSourceMappingArn'}  # has the UUID


class Cloud_State:
    """All that is in an account, as far as a deploy makes it, without what differs from one time to the next: to be
    compared as text."""

    def __init__(self, session: AWS_Session):
        self.session = session
        self.lambda_, self.iam = session.client('lambda'), session.client('iam')

    def text(self) -> str:
        """The same for the same state, in whatever account."""
        found = {
            'functions': {
                each['FunctionName']: self._function(each['FunctionName'])
                for each in self.lambda_.list_functions()['Functions']
            },
            'mappings': sorted(
                (self._lasting(each) for each in self.lambda_.list_event_source_mappings()['EventSourceMappings']),
                key=lambda mapping: mapping['EventSourceArn'],
            ),
            'roles': {each['RoleName']: self._role(each['RoleName']) for each in self.iam.list_roles()['Roles']},
        }
        text = json.dumps(found, indent=1, sort_keys=True, default=str)
        return text.replace(self.session.account_id(), '<account>')

    def _function(self, name: str) -> dict[str, Any]:
        found = self.lambda_.get_function(FunctionName=name)
        return {
            'configuration': self._lasting(found['Configuration']),
            'state': found['Configuration']['State'],
            'tags': found.get('Tags'),
            'reserved': found.get('Concurrency'),
            'versions': [
                self._lasting(each) for each in self.lambda_.list_versions_by_function(FunctionName=name)['Versions']
            ],
            'aliases': [self._lasting(each) for each in self.lambda_.list_aliases(FunctionName=name)['Aliases']],
            'urls': [
                {key: each.get(key) for key in ('AuthType', 'Cors', 'InvokeMode')}
                for each in self.lambda_.list_function_url_configs(FunctionName=name)['FunctionUrlConfigs']
            ],
            'policy': self._policy(name),
        }

    def _policy(self, name: str) -> list[dict[str, Any]]:
        try:
            policy = json.loads(self.lambda_.get_policy(FunctionName=name)['Policy'])
        except self.lambda_.exceptions.ResourceNotFoundException:
            return []
        return sorted(policy['Statement'], key=lambda statement: str(statement['Sid']))

    def _role(self, name: str) -> dict[str, Any]:
        attached = self.iam.list_attached_role_policies(RoleName=name)['AttachedPolicies']
        inline = self.iam.list_role_policies(RoleName=name)['PolicyNames']
        return {
            'attached': sorted(each['PolicyArn'] for each in attached),
            'inline': {
                each: self.iam.get_role_policy(RoleName=name, PolicyName=each)['PolicyDocument'] for each in inline
            },
        }

    @staticmethod
    def _lasting(found: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in found.items() if key not in OF_A_MOMENT}
