from typing import Any, Optional, overload

from osbot_lambda.aws.lambda_.Lambda__Configuration import Lambda__Configuration
from osbot_lambda.errors import Aws__Not_Found


class Lambda__Versions(Lambda__Configuration):
    """Versions: the function as it was when each was published. They don't change.

    Errors : Aws__Not_Found when the function isn't there; Aws__Invalid.
    """

    def version_publish(self, description: Optional[str] = None, code_sha256: Optional[str] = None) -> dict[str, Any]:
        """Publish what the function is now; the version's configuration, with 'Version' ('1'). When nothing was
        changed since the last one, that one. code_sha256 (base64) makes it fail unless the code is that one.

        lambda_func.version_publish('first release')['Version']"""
        return self._call_when_ready(
            'publish_version', FunctionName=self.name, Description=description, CodeSha256=code_sha256
        )

    @overload
    def versions(self, index_by: None = None) -> list[dict[str, Any]]: ...

    @overload
    def versions(self, index_by: str) -> dict[Any, Any]: ...

    def versions(self, index_by: Optional[str] = None) -> Any:
        """The configurations of all versions, '$LATEST' first; with index_by ('Version'), a dict by that key.

        [version['Version'] for version in lambda_func.versions()]      # ['$LATEST', '1', '2']"""
        from osbot_lambda.aws.Listing import Listing

        return Listing.of(self.iterate('list_versions_by_function', 'Versions', FunctionName=self.name), index_by)

    def version_delete(self, version: str) -> bool:
        """Delete one version; False when the function isn't there. Aws__Conflict while an alias points to it.

        lambda_func.version_delete('1')"""
        try:
            self.call('delete_function', FunctionName=self.name, Qualifier=str(version))
        except Aws__Not_Found:
            return False
        return True
