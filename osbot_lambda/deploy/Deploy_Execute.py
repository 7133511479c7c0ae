from collections.abc import Sequence
from typing import Any, Optional

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.deploy.Deploy_Budget import Deploy_Budget
from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
from osbot_lambda.deploy.Deploy_Part import Deploy_Part
from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
from osbot_lambda.deploy.Deploy_Prepared import Deploy_Prepared
from osbot_lambda.deploy.Function_Role import Function_Role
from osbot_lambda.errors import Aws__Not_Found, Deploy__Failed
from osbot_lambda.schemas.Progress import Progress


class Deploy_Execute:
    """Reads what the cloud has of the function, and carries a plan out: only what differs is sent.

    Order  : packages for a layer, role, layer, code, wait, configuration, wait, version, alias, the parts; last what
             the role needs no more. A busy function is waited for, a role too new retried, both until the Deadline
             that is current. Stopped anywhere, the next deploy does the rest.
    Errors : those of Function_Role.prepare() and of packaging, before anything is changed; Aws__Error, Deploy__Failed,
             Wait__Timeout.
    """

    DIRECT_MAX = 52_428_800  # bytes of a zip that Lambda takes in the call itself: "Lambda quotas"
    DEFAULT_ROLE = Function_Role.SHARED

    def __init__(self, function: Lambda, progress: Optional[Progress] = None):
        self.function, self.progress = function, progress or Progress()

    def current(self) -> Optional[dict[str, Any]]:
        """The function's configuration, once no other change of it is going on; None when it isn't there."""
        try:
            found = self.function.configuration()
        except Aws__Not_Found as error:
            self.function.session.learn_account(error.message)
            return None
        self.function.session.learn_account(str(found.get('FunctionArn', '')))
        if found.get('State') == 'Pending' or found.get('LastUpdateStatus') == 'InProgress':
            try:
                return self.function.wait_until_ready()
            except Deploy__Failed:
                return self.function.configuration()  # the plan then sends the code again
        return found

    def run(self, prepared: Deploy_Prepared) -> dict[str, Any]:
        """Carry it out; what Lambda says of the function's configuration, {} when that isn't changed."""
        build, plan, parts = prepared.build, prepared.plan, prepared.parts
        layers = plan.layers.prepare(self.function.session, self.progress)
        if build.package is not None:
            Deploy_Budget.check(build.package, layers)
        role = prepared.role.prepare()
        if plan.action == 'create':
            found = self._create(build, plan, layers, role, parts)
            parts = tuple(part for part in parts if not part.of_create())
        else:
            found = self._update(build, plan, layers, role)
        if prepared.publish is not None:
            prepared.publish.run(self.function, code_sha256=plan.code_sha256)
        for part in parts:
            part.apply(self.function)
        prepared.role.narrow()
        return found

    def _create(
        self,
        build: Deploy_Build,
        plan: Deploy_Plan,
        layers: Deploy_Layers,
        role: Optional[str],
        parts: Sequence[Deploy_Part],
    ) -> dict[str, Any]:
        parameters = {**self._with_layers(plan.configuration, layers), 'Role': role}
        for part in parts:
            parameters |= part.of_create()
        if plan.architectures:
            parameters['Architectures'] = plan.architectures
        return self._ready(self.function.function_create(**parameters, Code=self._code(build)))

    def _update(
        self, build: Deploy_Build, plan: Deploy_Plan, layers: Deploy_Layers, role: Optional[str]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        changed = self._with_layers(plan.configuration, layers) | ({'Role': role} if role else {})
        if plan.code:
            architectures = {'Architectures': plan.architectures} if plan.architectures else {}
            found = self._ready(self.function.code_update(**self._code(build), **architectures))
        if changed:
            found = self._ready(self.function.configuration_update(**changed))
        return found

    def _with_layers(self, configuration: dict[str, Any], layers: Deploy_Layers) -> dict[str, Any]:
        if 'Layers' not in configuration:
            return configuration
        return {**configuration, 'Layers': layers.publish(self.function.session, self.progress)}

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

        return {**Code_Bucket(self.function.session, progress=self.progress).put(data, f'lambdas/{build.name}')}
