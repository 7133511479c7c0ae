import uuid
from collections.abc import Callable
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Code_Source import Code_Source
from osbot_lambda.local.server.lambda_.Concurrency_Operations import Concurrency_Operations
from osbot_lambda.local.server.lambda_.Function_Config import Function_Config
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Validator import ROLE_REFUSED, Function_Validator
from osbot_lambda.local.server.lambda_.Function_Version import LATEST, Code, Function_Version
from osbot_lambda.local.server.lambda_.Image_Code import Image_Code
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Layer_Operations import Layer_Operations
from osbot_lambda.local.server.lambda_.Pager import Pager
from osbot_lambda.local.server.lambda_.Timestamp import Timestamp
from osbot_lambda.local.server.lambda_.Update_Failure import Update_Failure


class Function_Operations:
    """The operations that create, read, change and delete functions and their versions.

    Each method takes (context, params) and gives what the service model's output names. on_change(arn) is called when
    a function has come, changed or gone.
    """

    def __init__(
        self,
        functions: Function_Store,
        code: Code_Source,
        layers: Layer_Operations,
        validator: Function_Validator,
        runner: Function_Runner,
        clock: Clock,
        on_change: Callable[[str], None],
    ):
        self.functions, self.code, self.layers, self.validator = functions, code, layers, validator
        self.runner, self.clock, self.on_change = runner, clock, on_change

    def create(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """CreateFunction: the package is unpacked before the answer, so that a bad one is refused here."""
        ref = Function_Ref.unqualified(context, params)
        self.validator.check_new(context, ref.name, params)
        if self.functions.find(ref):
            raise Lambda_Errors.conflict(f'Function already exist: {ref.name}')
        config = Function_Config.new(ref.name, self._with_layers(context, params))
        code = self._code(context, config, params['Code'])
        self.validator.check_size(config, code)
        new = Function_Version(
            arn=ref.unqualified_arn,
            account_id=ref.account_id,
            region=ref.region,
            name=ref.name,
            version=LATEST,
            config=config,
            code=code,
            build=uuid.uuid4().hex,
            revision_id=str(uuid.uuid4()),
            last_modified=self._now(),
        )
        function = Lambda_Function(new, params.get('Tags'))
        function.code_signing = params.get('CodeSigningConfigArn')
        self.functions.add(ref, function)
        function.settle()
        if params.get('Publish'):
            new = function.publish()
        self.on_change(function.arn)
        return new.response(function_arn=function.arn)  # AWS: unqualified even when Version is '1'

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetFunction: Code.Location is an address of this cloud, and can be fetched."""
        ref = Function_Ref.of(context, params)
        version = self.functions.get_version(ref)
        function = self.functions.get(ref)
        reserved = function.running.reserved
        return {
            'Configuration': version.response(ref.arn),
            'Code': version.code.response(context.endpoint_url),
            'Tags': dict(function.tags) or None,
            'Concurrency': None if reserved is None else {'ReservedConcurrentExecutions': reserved},
        }

    def get_configuration(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetFunctionConfiguration."""
        ref = Function_Ref.of(context, params)
        return self.functions.get_version(ref).response(ref.arn)

    def update_code(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionCode; DryRun answers what would be, and changes nothing."""
        function = self.functions.get(Function_Ref.unqualified(context, params))
        function.check_revision(params.get('RevisionId'))
        if params.get('PublishTo'):
            raise Lambda_Errors.not_yet('LATEST_PUBLISHED versions (PublishTo)')
        config = function.latest.config
        self.validator.check_code(config.package_type, params, 'updating')
        code = self._code(context, config, params)
        self.validator.check_size(config, code)
        architectures = {key: params[key] for key in ('Architectures',) if key in params}
        if params.get('DryRun'):
            latest = function.latest
            return latest.changed(latest.config.updated(architectures), code, self._now()).settled().response()
        changed = self._change(function, params, architectures, code)
        published = params.get('Publish') and function.latest.failure is None
        return (function.publish() if published else changed).response()

    def update_configuration(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionConfiguration: what isn't given stays; Environment and Layers are replaced whole."""
        function = self.functions.get(Function_Ref.unqualified(context, params))
        config = function.latest.config
        self.validator.check(context, config.package_type, params)
        self.validator.check_logging(params, config)
        looked_up = self._with_layers(context, params)
        self.validator.check_size(config.updated(looked_up), function.latest.code)
        return self._change(function, params, looked_up, None).response()

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteFunction: a version when the qualifier is a number, else the function with all of them."""
        ref = Function_Ref.of(context, params)
        if ref.qualifier == LATEST:
            raise Lambda_Errors.invalid('$LATEST version cannot be deleted without deleting the function.')
        if ref.qualifier and not ref.qualifier.isdigit():
            raise Lambda_Errors.invalid('Deletion of aliases is not currently supported.')
        if ref.qualifier:
            function = self.functions.get(ref)
            function.remove_version(ref.qualifier)
        else:
            function = self.functions.remove(ref)
            self.runner.retire(function, deleted=True)
        self.on_change(function.arn)
        return {'StatusCode': 204}

    def list_functions(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListFunctions, by name; FunctionVersion=ALL lists the versions, too."""
        functions = self.functions.all(context.account_id, context.region)
        everything = params.get('FunctionVersion') == 'ALL'
        versions = [v for f in functions for v in (f.all_versions() if everything else [f.latest])]
        page, marker = Pager(versions, self._order).page(params)
        listed = [v.response(v.qualified_arn if everything else None, listed=True) for v in page]
        return self._page('Functions', listed, marker)

    def list_versions(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListVersionsByFunction: $LATEST first, then by number."""
        function = self.functions.get(Function_Ref.of(context, params))
        page, marker = Pager(function.all_versions(), self._order).page(params)
        return self._page('Versions', [v.response(v.qualified_arn, listed=True) for v in page], marker)

    def publish(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PublishVersion; the last version again when neither code nor configuration changed since."""
        function = self.functions.get(Function_Ref.unqualified(context, params))
        if params.get('PublishTo'):
            raise Lambda_Errors.not_yet('LATEST_PUBLISHED versions (PublishTo)')
        current, given = function.latest.code.sha_base64, params.get('CodeSha256')
        if given and given != current:
            raise Lambda_Errors.invalid(
                f'CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({current}). '
                f'Please try again with the CodeSHA256 in $LATEST.'
            )
        return function.publish(params.get('Description'), params.get('RevisionId')).response()

    def account_settings(self, context: Api_Context, unreserved: int) -> dict[str, Any]:
        """GetAccountSettings: AWS's limits, and what is there; unreserved is concurrency."""
        functions = self.functions.all(context.account_id, context.region)
        used = sum(version.code.size for function in functions for version in function.all_versions())
        used += self.layers.layers.code_size(context.account_id, context.region)
        return {
            'AccountLimit': {
                'TotalCodeSize': 322_122_547_200,
                'CodeSizeUnzipped': 262_144_000,
                'CodeSizeZipped': 52_428_800,
                'ConcurrentExecutions': Concurrency_Operations.ACCOUNT_LIMIT,
                'UnreservedConcurrentExecutions': unreserved,
            },
            'AccountUsage': {'TotalCodeSize': used, 'FunctionCount': len(functions)},
        }

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget the functions of an account, or of all."""
        for function in self.functions.reset(account_id):
            self.runner.retire(function, deleted=True)
            self.on_change(function.arn)

    def _change(
        self, function: Lambda_Function, params: dict[str, Any], config: dict[str, Any], code: Optional[Code]
    ) -> Function_Version:
        failure = None
        role = config.get('Role', function.latest.config.role)
        if not self.validator.may_have_role(function.latest.account_id, role):  # a role that went after it was given
            failure = Update_Failure('InvalidConfiguration', ROLE_REFUSED)
        changed = function.update(config, code, self._now(), params.get('RevisionId'), failure)
        self.runner.retire(function)
        self.on_change(function.arn)
        return changed

    def _code(self, context: Api_Context, config: Function_Config, source: dict[str, Any]) -> Code:
        if config.package_type == 'Image':
            return Image_Code.of(source['ImageUri'])
        return self.code.read(context, source)

    def _with_layers(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters with the layer versions themselves instead of their ARNs."""
        if 'Layers' not in params:
            return params
        return {**params, 'Layers': self.layers.of_function(context, params['Layers'])}

    def _now(self) -> str:
        return Timestamp.of(self.clock.now())

    @staticmethod
    def _order(version: Function_Version) -> str:
        number = 0 if version.version == LATEST else int(version.version)
        return f'{version.name} {number:012d}'

    @staticmethod
    def _page(name: str, listed: Any, marker: Optional[str]) -> dict[str, Any]:
        return {name: listed, 'NextMarker': marker} if marker else {name: listed}
