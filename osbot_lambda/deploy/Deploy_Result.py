from dataclasses import dataclass

from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.schemas.Html_Table import Html_Table


@dataclass(frozen=True, slots=True)
class Deploy_Result:
    """What a deploy did. It is true: a deploy that didn't work raises.

    Shapes : status is 'created', 'updated' or 'unchanged'; code_sha256 as AWS says it; warnings are sentences;
             revision is that of code and configuration (tags and others, set after them, give it another one); version
             is the published version's number as text, '' when none was asked for.
    Units  : seconds for the whole deploy, packaging included.
    """

    status: str
    name: str
    arn: str
    code_sha256: str
    revision: str
    seconds: float
    changes: tuple[Deploy_Change, ...] = ()
    warnings: tuple[str, ...] = ()
    version: str = ''

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        lines = [f'{self.status} {self.name} in {self.seconds:.2f} s', *(f'  {change}' for change in self.changes)]
        return '\n'.join([*lines, *(f'  warning: {warning}' for warning in self.warnings)])

    def __repr__(self) -> str:
        changed = ', '.join(change.what for change in self.changes) if self.status == 'updated' else ''
        warnings = f', warnings: {len(self.warnings)}' if self.warnings else ''
        return (
            f'<Deploy_Result {self.name} {self.status}{": " if changed else ""}{changed}, '
            f'{self.seconds:.2f} s{warnings}>'
        )

    def _repr_html_(self) -> str:
        facts = {
            'arn': self.arn,
            'changes': '\n'.join(str(change) for change in self.changes),
            'warnings': '\n'.join(self.warnings),
            'code sha256': self.code_sha256,
            **({'version': self.version} if self.version else {}),
            'time': f'{self.seconds:.2f} s',
        }
        return Html_Table.of_facts(f'{self.name}: {self.status}', facts).html()
