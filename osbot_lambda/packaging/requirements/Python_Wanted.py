from osbot_lambda.errors import Requirement__Invalid


class Python_Wanted:
    """The versions of Python that a script, a project or a lock is for; file and line are for the message.

    Errors : Requirement__Invalid.
    """

    def __init__(self, specifier: str, file: str, line: int = 0):
        self.specifier, self.file, self.line = specifier, file, line

    def check(self, python_version: str) -> None:
        """Refuse a runtime's Python, '3.12', of which no release fits."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        if not self.specifier:
            return
        try:
            wanted = SpecifierSet(self.specifier)
        except InvalidSpecifier:
            raise Requirement__Invalid(
                self.file, self.line, f'requires-python {self.specifier!r} is not a specifier such as ">=3.11"'
            ) from None
        releases = (f'{python_version}.{patch}' for patch in range(100))  # '>=3.12.4' fits Lambda's python3.12 too
        if next(wanted.filter(releases), None) is None:
            raise Requirement__Invalid(
                self.file,
                self.line,
                f'it requires Python {self.specifier}, and the runtime of the function is python{python_version}: '
                f'choose another with set_runtime(), or change requires-python',
            )
