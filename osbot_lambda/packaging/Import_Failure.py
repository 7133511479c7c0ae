from dataclasses import dataclass, field

CERTAIN = ('missing', 'import', 'native', 'syntax', 'handler', 'crash')


@dataclass(frozen=True, slots=True)
class Import_Failure:
    """Why a handler's module doesn't import, or has no such function.

    Shapes : kind is
             'missing'    a module that isn't there
             'import'     another ImportError: a name that a module doesn't have
             'native'     a shared library that doesn't load
             'syntax'     what this version of Python doesn't understand
             'handler'    the module is imported, and has no such function
             'crash'      the process was ended by a signal, such as a segmentation fault
             'exception'  any other exception; 'exit' the code ends the process; 'timeout' it takes too long
             module is the one that is missing, or the handler's; file '/var/task/app.py' and line are where, '' and 0
             when that isn't known; traceback is Python's, of the code alone.
    """

    kind: str
    module: str
    file: str
    line: int
    message: str
    traceback: str = field(default='', repr=False)

    @property
    def certain(self) -> bool:
        """Would it fail on Lambda too? The last three kinds may come of what the check doesn't have: AWS, network."""
        return self.kind in CERTAIN

    def __str__(self) -> str:
        return self.message
