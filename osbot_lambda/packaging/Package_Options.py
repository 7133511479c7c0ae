import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Package_Options:
    """What is done to a package besides putting it together; each is off unless asked for.

        package.add_wheels(wheels, Package_Options(remove_tests=True)).saved()      # {'remove_tests': 17_203_041}

    precompile     : bytecode for the runtime's Python comes along, in the form that isn't checked against its source:
                     a cold start compiles nothing. The sources stay, for tracebacks. Needs that Python on this machine.
    strip_binaries : symbols that nothing needs at run time are taken out of the native libraries of wheels. Needs
                     strip or llvm-strip; another version of it may give other bytes.
    remove_tests   : the folders `tests` and `test` of wheels stay out, but for those that the wheel itself imports.
    """

    precompile: bool = False
    strip_binaries: bool = False
    remove_tests: bool = False

    def key(self) -> str:
        """The same for the same options."""
        return json.dumps(asdict(self))
