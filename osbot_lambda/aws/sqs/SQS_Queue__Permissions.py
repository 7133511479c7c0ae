from collections.abc import Sequence
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.sqs.SQS_Queue__Base import SQS_Queue__Base, Text_Or_Texts


class SQS_Queue__Permissions(SQS_Queue__Base):
    """Who else may use an SQS queue: its access policy."""

    def policy(self) -> dict[str, Any]:
        """The queue's access policy, {'Version', 'Id', 'Statement': […]}; {} when it has none."""
        return self._json_attribute('Policy')

    def permissions(self) -> list[dict[str, Any]]:
        """The statements of the policy."""
        return list(self.policy().get('Statement', []))

    def permission_add(self, label: str, aws_account_ids: Text_Or_Texts, actions: Text_Or_Texts) -> Self:
        """Let accounts do something: `permission_add('other-team', '123456789012', 'SendMessage')`. A permission of the
        same label is replaced."""
        accounts = [aws_account_ids] if isinstance(aws_account_ids, str) else list(aws_account_ids)
        names = [actions] if isinstance(actions, str) else list(actions)
        queue_arn = self.arn()
        partition = queue_arn.split(':')[1]
        principals = [account if ':' in account else f'arn:{partition}:iam::{account}:root' for account in accounts]
        return self._statement_set(
            {
                'Sid': label,
                'Effect': 'Allow',
                'Principal': {'AWS': _one_or_all(principals)},
                'Action': _one_or_all([name if ':' in name else f'SQS:{name}' for name in names]),
                'Resource': queue_arn,
            }
        )

    def permission_add_for_service(
        self,
        source_arn: str,
        service: str,
        resource: Optional[str] = None,
        action: str = 'sqs:SendMessage',
        effect: str = 'Allow',
    ) -> Self:
        """Let a service act for one of its resources: `permission_add_for_service(topic_arn, 'sns.amazonaws.com')`.
        Said twice, it is there once. resource is this queue's own ARN."""
        return self._statement_set(
            {
                'Effect': effect,
                'Principal': {'Service': service},
                'Action': action,
                'Resource': resource or self.arn(),
                'Condition': {'ArnEquals': {'aws:SourceArn': source_arn}},
            }
        )

    def permission_delete(self, label: str) -> bool:
        """Remove the permission of this label (its 'Sid'); False when there is none."""
        policy = self.policy()
        kept = [statement for statement in policy.get('Statement', []) if statement.get('Sid') != label]
        if len(kept) == len(policy.get('Statement', [])):
            return False
        self.attributes_update({'Policy': {**policy, 'Statement': kept} if kept else ''})
        return True

    def _statement_set(self, statement: dict[str, Any]) -> Self:
        """Add it to the policy; one that says the same is not added again, one of the same Sid is replaced."""
        policy = {'Version': '2012-10-17', 'Statement': [], **self.policy()}
        sid = statement.get('Sid')
        same = [old for old in policy['Statement'] if {**old, 'Sid': sid} == {**statement, 'Sid': sid}]
        if same and (sid is None or same[0].get('Sid') == sid):
            return self
        kept = [old for old in policy['Statement'] if sid is None or old.get('Sid') != sid]
        return self.attributes_update({'Policy': {**policy, 'Statement': [*kept, statement]}})


def _one_or_all(texts: Sequence[str]) -> Union[str, list[str]]:
    return texts[0] if len(texts) == 1 else list(texts)  # as AWS writes a policy
