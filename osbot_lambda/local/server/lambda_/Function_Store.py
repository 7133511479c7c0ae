import threading
from typing import Optional

from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Version import Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function


class Function_Store:
    """All functions, by account, region and name."""

    def __init__(self) -> None:
        self._functions: dict[tuple[str, str], dict[str, Lambda_Function]] = {}
        self._lock = threading.Lock()

    def find(self, ref: Function_Ref) -> Optional[Lambda_Function]:
        """The function, or None."""
        return self._functions.get((ref.account_id, ref.region), {}).get(ref.name)

    def get(self, ref: Function_Ref, qualified: bool = False) -> Lambda_Function:
        """The function, else Api__Error 404; its text has the ARN as asked for when `qualified`."""
        function = self.find(ref)
        if function is None:
            raise Lambda_Errors.function_not_found(ref.arn if qualified else ref.unqualified_arn)
        return function

    def get_version(self, ref: Function_Ref) -> Function_Version:
        """The version that the reference means, else Api__Error 404."""
        version = self.get(ref, qualified=True).version(ref.qualifier)
        if version is None:
            raise Lambda_Errors.function_not_found(ref.arn)
        return version

    def add(self, ref: Function_Ref, function: Lambda_Function) -> None:
        """Raises Api__Error 409 when the name is taken."""
        with self._lock:
            functions = self._functions.setdefault((ref.account_id, ref.region), {})
            if ref.name in functions:
                raise Lambda_Errors.conflict(f'Function already exist: {ref.name}')
            functions[ref.name] = function

    def remove(self, ref: Function_Ref) -> Lambda_Function:
        """Take the function out, else Api__Error 404."""
        with self._lock:
            self.get(ref)
            return self._functions[(ref.account_id, ref.region)].pop(ref.name)

    def everywhere(self) -> list[Lambda_Function]:
        """The functions of all accounts and regions."""
        with self._lock:
            return [function for functions in self._functions.values() for function in functions.values()]

    def all(self, account_id: str, region: str) -> list[Lambda_Function]:
        """The functions of an account in a region, by name."""
        with self._lock:
            functions = dict(self._functions.get((account_id, region), {}))
        return [functions[name] for name in sorted(functions)]

    def reset(self, account_id: Optional[str] = None) -> list[Lambda_Function]:
        """Forget the functions of an account, or of all; gives those that were forgotten."""
        with self._lock:
            places = [place for place in self._functions if account_id in (None, place[0])]
            return [function for place in places for function in self._functions.pop(place).values()]
