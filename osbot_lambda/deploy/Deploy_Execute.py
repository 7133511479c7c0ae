from typing import Any, Optional

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
from osbot_lambda.errors import Aws__Not_Found, Deploy__Failed


class Deploy_Execute:
    """Reads what the cloud has of the function, and carries a plan out: only what differs is sent.

    Order  : packages for a layer, role, layer, code, wait, configuration, wait; a busy function is waited for, a role
             too new retried. Stopped anywhere, the next deploy does the rest.
    Errors : Packaging__No_Wheel, Packaging__Install_Failed, Aws__Error, Deploy__Failed, Wait__Timeout.
    """

    DIRECT_MAX = 52_428_800  # bytes of a zip that Lambda takes in the call itself: "Lambda quotas"
    DEFAULT_ROLE = 'osbot-lambda-execution-role'

    def __init__(self, function: Lambda):
        self.function = function

    def current(self) -> Optional[dict[str, Any]]:
        """The function's configuration, once no other change of it is going on; None when it isn't there."""
        try:
            found = self.function.configuration()
        except Aws__Not_Found:
            return None
        if found.get('State') == 'Pending' or found.get('LastUpdateStatus') == 'InProgress':
            try:
                return self.function.wait_until_ready()
            except Deploy__Failed:
                return self.function.configuration()  # the plan then sends the code again
        return found

    def run(self, build: Deploy_Build, plan: Deploy_Plan) -> dict[str, Any]:
        """Carry it out; the function's configuration afterwards."""
        layers = plan.layers.prepare(self.function.session)
        if plan.action == 'create':
            return self._create(build, plan, layers)
        found: dict[str, Any] = {}
        role = self.role_arn(plan.role) if plan.role else None
        configuration = self._with_layers(plan.configuration, layers)
        if plan.code:
            found = self._ready(self.function.code_update(**self._code(build)))
        if configuration or role:
            changed = {**configuration, **({'Role': role} if role else {})}
            found = self._ready(self.function.configuration_update(**changed))
        return found

    def role_arn(self, role: str) -> str:
        """The ARN for a role's name or ARN; a role that isn't there is made, able to write logs."""
        if role.startswith('arn:'):
            return role
        iam_role = IAM_Role(role, session_kwargs=self.function.session)
        return iam_role.ensure_for__lambda(repair=role == self.DEFAULT_ROLE)

    def _create(self, build: Deploy_Build, plan: Deploy_Plan, layers: Deploy_Layers) -> dict[str, Any]:
        role = self.role_arn(plan.role or self.DEFAULT_ROLE)
        configuration = self._with_layers(plan.configuration, layers)
        code = self._code(build)
        return self._ready(self.function.function_create(**configuration, Role=role, Code=code))

    def _with_layers(self, configuration: dict[str, Any], layers: Deploy_Layers) -> dict[str, Any]:
        if 'Layers' not in configuration:
            return configuration
        return {**configuration, 'Layers': layers.publish(self.function.session)}

    def _ready(self, answer: dict[str, Any]) -> dict[str, Any]:
        settled = answer.get('State') == 'Active' and answer.get('LastUpdateStatus') == 'Successful'
        return answer if settled else self.function.wait_until_ready()

    def _code(self, build: Deploy_Build) -> dict[str, Any]:
        """The image, the zip itself, or where that is in S3 when it is too large for the call."""
        if build.package is None:
            return {'ImageUri': build.settings.image_uri}
        data = build.package.zip_bytes()
        if len(data) <= self.DIRECT_MAX:
            return {'ZipFile': data}
        from osbot_lambda.aws.s3.Code_Bucket import Code_Bucket

        return {**Code_Bucket(self.function.session).put(data, f'lambdas/{build.name}')}
