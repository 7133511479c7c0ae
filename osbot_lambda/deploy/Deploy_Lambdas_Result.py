from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from osbot_lambda.deploy.Deploy_Result import Deploy_Result
from osbot_lambda.schemas.Html_Table import Html_Table


@dataclass(frozen=True, slots=True)
class Deploy_Lambdas_Result:
    """What the deploy of several functions did: a result for each, in the order in which they were given. It is true:
    where one didn't work, Deploy__Many_Failed is raised.

    Units  : seconds for all of them together.
    """

    results: tuple[Deploy_Result, ...]
    seconds: float

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self.results)

    def __iter__(self) -> Iterator[Deploy_Result]:
        return iter(self.results)

    def __getitem__(self, name: str) -> Deploy_Result:
        """The result of one function, by its name. KeyError."""
        found = next((result for result in self.results if result.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def count(self) -> dict[str, int]:
        """How many there are of each status: {'created': 2, 'unchanged': 98}."""
        return dict(Counter(result.status for result in self.results))

    def __str__(self) -> str:
        return '\n'.join([self._head(), *(f'  {result.status} {result.name}' for result in self.results)])

    def __repr__(self) -> str:
        return f'<Deploy_Lambdas_Result {self._head()}>'

    def _repr_html_(self) -> str:
        table = Html_Table(self._head(), ['function', 'status', 'changes', 'warnings', 'seconds'])
        for result in self.results:
            changes = ', '.join(change.what for change in result.changes)
            table.add(result.name, result.status, changes, '\n'.join(result.warnings), f'{result.seconds:.2f}')
        return table.html()

    def _head(self) -> str:
        counts = ', '.join(f'{number} {status}' for status, number in self.count().items()) or 'none'
        return f'{len(self.results)} functions in {self.seconds:.2f} s: {counts}'
