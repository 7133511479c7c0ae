import threading
from typing import Optional

from osbot_lambda.local.server.lambda_.Account_Concurrency import Account_Concurrency
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Version import Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function


class Function_Store:
    """All functions, by account, region and name; and the next version number of those that were removed."""

    def __init__(self) -> None:
        self._next_numbers: dict[str, int] = {}  # by ARN: AWS never uses a number again, whatever was deleted
        self._functions: dict[tuple[str, str], dict[str, Lambda_Function]] = {}
        self._concurrency: dict[tuple[str, str], Account_Concurrency] = {}
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
            function.next_number = self._next_numbers.pop(function.arn, function.next_number)
            function.running.account = self._account_concurrency(ref.account_id, ref.region)
            functions[ref.name] = function

    def remove(self, ref: Function_Ref) -> Lambda_Function:
        """Take the function out, else Api__Error 404."""
        with self._lock:
            self.get(ref)
            function = self._functions[(ref.account_id, ref.region)].pop(ref.name)
            self._next_numbers[function.arn] = function.next_number
            return function

    def is_there(self, function: Lambda_Function) -> bool:
        """Is it this very function, no successor of the same name, and not deleted?"""
        latest = function.latest
        return self.find(Function_Ref(latest.account_id, latest.region, latest.name)) is function

    def unreserved(self, account_id: str, region: str) -> int:
        """How many invokes at a time stay for the functions that have none reserved or provisioned."""
        return Account_Concurrency.LIMIT - sum(function.running.claimed for function in self.all(account_id, region))

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
            for arn in [arn for arn in self._next_numbers if account_id in (None, arn.split(':')[4])]:
                del self._next_numbers[arn]
            return [function for place in places for function in self._functions.pop(place).values()]

    def _account_concurrency(self, account_id: str, region: str) -> Account_Concurrency:
        place = account_id, region
        if place not in self._concurrency:
            self._concurrency[place] = Account_Concurrency(lambda: self.unreserved(account_id, region))
        return self._concurrency[place]
