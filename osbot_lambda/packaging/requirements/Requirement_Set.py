from dataclasses import dataclass

from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution


@dataclass(frozen=True, slots=True)
class Requirement_Set:
    """What is wanted from an index, and from folders here, before versions are resolved.

    Shapes : requirements and constraints are lines as in a requirements file, with extras, markers and
             ' --hash=sha256:…' kept; constraints say what the rest must fit. no_deps: everything is listed, as in a
             lock, and nothing else is to be resolved. index_options are '--index-url https://…', '--find-links …'.
             pinned are normalised names whose version the user gave himself: kept even if Lambda's runtime has them.
             local are copied as they are. origin is for messages ('requirements.txt', 'the imports').
    """

    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    no_deps: bool = False
    index_options: tuple[str, ...] = ()
    pinned: frozenset[str] = frozenset()
    local: tuple[Local_Distribution, ...] = ()
    origin: str = ''
