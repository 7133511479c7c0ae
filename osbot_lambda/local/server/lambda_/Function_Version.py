import hashlib
import uuid
from dataclasses import dataclass, replace
from typing import Any, Optional, Union

from osbot_lambda.local.server.lambda_.Function_Code import Function_Code
from osbot_lambda.local.server.lambda_.Function_Config import Function_Config
from osbot_lambda.local.server.lambda_.Image_Code import Image_Code
from osbot_lambda.local.server.lambda_.Update_Failure import Update_Failure

LATEST = '$LATEST'
Code = Union[Function_Code, Image_Code]


@dataclass(frozen=True, slots=True)
class Function_Version:
    """One version of a function, as it is at one moment: a change makes a new one.

    Shapes : arn is unqualified; version is '$LATEST' or a number; revision_id is the API's, new at each flip of state;
             build names code and configuration together, and changes when one of them does.
    """

    arn: str
    account_id: str
    region: str
    name: str
    version: str
    config: Function_Config
    code: Code
    build: str
    revision_id: str
    last_modified: str
    state: str = 'Pending'
    update_status: Optional[str] = None
    failure: Optional[Update_Failure] = None

    def settled(self) -> 'Function_Version':
        """What it is once creating or updating has ended."""
        return replace(self, state='Active', update_status='Successful', failure=None, revision_id=str(uuid.uuid4()))

    def update_failed(self, failure: Update_Failure, now: str) -> 'Function_Version':
        """The same code and configuration after an update that came to nothing."""
        return replace(self, update_status='Failed', failure=failure, last_modified=now, revision_id=str(uuid.uuid4()))

    def retouched(self) -> 'Function_Version':
        """The same with a new RevisionId."""
        return replace(self, revision_id=str(uuid.uuid4()))

    def changed(self, config: Function_Config, code: Code, now: str) -> 'Function_Version':
        """With other configuration or code, in the state in which an update is answered."""
        return replace(
            self,
            config=config,
            code=code,
            build=uuid.uuid4().hex,
            revision_id=str(uuid.uuid4()),
            last_modified=now,
            update_status='InProgress',
        )

    def published(self, number: str, description: Optional[str]) -> 'Function_Version':
        """A numbered copy, in the state in which its publishing is answered."""
        return replace(
            self,
            version=number,
            config=self.config if description is None else replace(self.config, description=description),
            build=uuid.uuid4().hex,
            revision_id=str(uuid.uuid4()),
            state='Pending',
            update_status=None,
        )

    @property
    def qualified_arn(self) -> str:
        """The ARN with the version."""
        return f'{self.arn}:{self.version}'

    def response(self, function_arn: Optional[str] = None, listed: bool = False) -> dict[str, Any]:
        """FunctionConfiguration of the API. Lists leave the states out.

        function_arn: what to say as FunctionArn; left out, the ARN, qualified when this is a published version.
        """
        answer: dict[str, Any] = {
            'FunctionName': self.name,
            'FunctionArn': function_arn or (self.arn if self.version == LATEST else self.qualified_arn),
            **self.config.response(),
            'CodeSize': self.code.size,
            'LastModified': self.last_modified,
            'CodeSha256': self.code.sha_base64,
            'Version': self.version,
            'RevisionId': self.revision_id,
            'RuntimeVersionConfig': self._runtime_version(),
        }
        return answer if listed else answer | self._states()

    def _states(self) -> dict[str, str]:
        answer = {'State': self.state}
        why = {'Reason': 'The function is being created.', 'ReasonCode': 'Creating'}  # AWS says it of updates, too
        if self.state == 'Pending':
            answer |= {f'State{key}': value for key, value in why.items()}
        if self.update_status:
            answer['LastUpdateStatus'] = self.update_status
        if self.update_status == 'InProgress':
            answer |= {f'LastUpdateStatus{key}': value for key, value in why.items()}
        if self.failure and self.update_status == 'Failed':
            answer['LastUpdateStatusReason'] = self.failure.reason
            answer['LastUpdateStatusReasonCode'] = self.failure.code
        return answer

    def _runtime_version(self) -> Optional[dict[str, str]]:
        if self.config.runtime is None:
            return None
        digest = hashlib.sha256(self.config.runtime.encode()).hexdigest()
        return {'RuntimeVersionArn': f'arn:aws:lambda:{self.region}::runtime:{digest}'}
