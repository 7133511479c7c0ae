"""Every error that osbot-lambda raises.

Osbot_Lambda__Error
├── Target__Error                    which cloud is meant
│   ├── Target__Unknown              a target that is no name we know and no URL     (ValueError)
│   ├── Target__Aws_Not_Named        an AWS address, where only the name 'aws' selects AWS (ValueError)
│   └── Target__Not_Loopback         a local session was about to leave this machine (ConnectionError)
├── Config__Error                    the project's configuration can't be used       (ValueError)
├── Aws__Error                       an AWS call failed: operation, resource, code, request id
│   ├── Aws__Not_Found               (LookupError)
│   ├── Aws__Conflict                it exists, or is busy
│   ├── Aws__Invalid                 AWS refused a value                             (ValueError)
│   ├── Aws__Access_Denied           (PermissionError)
│   ├── Aws__Credentials             none, wrong or expired                          (PermissionError)
│   ├── Aws__Throttled
│   ├── Aws__Server_Error            5xx
│   └── Aws__Connection              no answer: no network, no such host, too slow   (ConnectionError)
├── Shell__Error                     the shell of a function
│   ├── Shell__No_Key                there is no key to ask it with                  (ValueError)
│   ├── Shell__Refused               it is off, or has another key                   (PermissionError)
│   ├── Shell__Not_There             the function answered, without a shell          (LookupError)
│   └── Shell__Failed                what it was asked for raised
├── Wait__Timeout                    a state was not reached in time                 (TimeoutError)
├── Invoke__Failed                   the function ran, and ended with an error
├── Packaging__Error
│   ├── Handler__Invalid             not a function, nor 'module.function'           (ValueError)
│   ├── Handler__Not_Found           no such function in the module                  (LookupError)
│   ├── Module__Not_Found            no such module                                  (LookupError)
│   ├── Source__Not_Found            Python kept no source of it (a plain REPL)      (LookupError)
│   ├── Source__Not_Portable         it uses a value that can't be written as source
│   ├── Source__Syntax_Error         a source file that Python can't read            (ValueError)
│   ├── File__Not_Found              a file or folder to add isn't there             (FileNotFoundError)
│   ├── Zip__Bad_Path                absolute, climbing or repeated                  (ValueError)
│   ├── Zip__Too_Large               over Lambda's limits
│   ├── Packaging__Tool_Missing      a program that an option needs isn't here       (LookupError)
│   ├── Packaging__Tool_Failed       it is here, and ended with an error
│   ├── Requirement__Invalid         a line or file that names packages can't be used (ValueError)
│   ├── Packaging__No_Wheel          no wheel of a package installs on the runtime   (LookupError)
│   ├── Packaging__Install_Failed    pip or uv ended with an error
│   ├── Packaging__Hash_Mismatch     a file isn't the one that was locked            (ValueError)
│   └── Import_Check__Failed         it doesn't import in the target's Python       (ImportError)
├── Dependency__Error                a package that a function loads from S3         (RuntimeError)
│   ├── Dependency__Invalid          no requirement, or no zip                       (ValueError)
│   ├── Dependency__Not_Found        (LookupError)
│   ├── Dependency__Corrupted        not the bytes that were uploaded
│   └── Dependency__Wrong_Platform   compiled for another Python or processor
├── Deploy__Error
│   ├── Function_Name__Invalid       over 64 characters, or characters AWS refuses   (ValueError)
│   ├── Setting__Invalid             a setting that Lambda refuses                   (ValueError)
│   ├── Trigger__Invalid             no source of events that Lambda polls           (ValueError)
│   ├── Trigger__No_Source           the source isn't there                          (LookupError)
│   ├── Role__Lacks_Permission       a role of the user's own can't do what is needed (PermissionError)
│   ├── Policy__No_Local_Cloud       what a function calls is known on the local cloud alone
│   ├── Deploy__Nothing_To_Deploy
│   ├── Deploy__Failed               AWS took the call, and the function went to Failed
│   ├── Deploy__No_Version           no version, alias or canary to move to           (LookupError)
│   ├── Deploy__Alias_Not_Moved      an alias reads back as something else
│   └── Deploy__Many_Failed          some of several functions weren't deployed       (ExceptionGroup)
├── Local_Cloud__Error
│   ├── Local_Cloud__Port_Taken      (OSError)
│   ├── Local_Cloud__Start_Failed
│   ├── Local_Cloud__Not_Running
│   └── Api__Error                   what the cloud answers: AWS's code, message and HTTP status
└── Runtime__Error
    ├── Runtime__Not_Available       no interpreter here for the function's runtime
    ├── Runtime__No_Package          a package that Lambda's runtimes bring can't be had (LookupError)
    ├── Runtime__Start_Failed        the worker process could not be started
    └── Runtime__Stopped             the data plane is stopping; nothing new is run
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Self


class Osbot_Lambda__Error(Exception):
    """The base of all of them."""


# ---- which cloud


class Target__Error(Osbot_Lambda__Error):
    """The target is not usable."""


class Target__Unknown(Target__Error, ValueError):
    """A target that is neither 'local', 'aws' nor a URL."""

    def __init__(self, target: str, came_from: str):
        self.target, self.came_from = target, came_from
        super().__init__(
            f"target {target!r} (from {came_from}) is not one of 'local', 'aws' or a URL such as http://127.0.0.1:4566"
        )


class Target__Aws_Not_Named(Target__Error, ValueError):
    """An address of AWS was given where only the name 'aws' selects AWS."""

    def __init__(self, url: str, came_from: str):
        self.url, self.came_from = url, came_from
        super().__init__(
            f'{url} (from {came_from}) is an address of AWS, and AWS is used only when asked for by name: '
            f"say target='aws' or OSBOT_LAMBDA_TARGET=aws, or remove the address"
        )


class Target__Not_Loopback(Target__Error, ConnectionError):
    """A session of the local target was about to call an address that isn't this machine."""

    def __init__(self, url: str, service: str, operation: str):
        self.url, self.service, self.operation = url, service, operation
        super().__init__(
            f'{service}.{operation} was about to call {url}, which is not on this machine; the target is local. '
            f"For AWS say target='aws'"
        )


class Config__Error(Osbot_Lambda__Error, ValueError):
    """The project's configuration can't be used."""


# ---- AWS calls


class Aws__Error(Osbot_Lambda__Error):
    """An AWS call failed.

    Attributes: service, operation ('CreateFunction'), resource (what it was about, or ''), code and message (AWS's
    own), status (HTTP, or 0), request_id.
    """

    def __init__(
        self,
        message: str,
        *,
        service: str = '',
        operation: str = '',
        resource: str = '',
        code: str = '',
        status: int = 0,
        request_id: str = '',
    ):
        self.message, self.service, self.operation, self.resource = message, service, operation, resource
        self.code, self.status, self.request_id = code, status, request_id
        about = f' of {resource}' if resource else ''
        where = f'{service}.{operation}' if service else operation
        after = f' (request id {request_id})' if request_id else ''
        super().__init__(f'{where}{about}: {code}: {message}{after}' if code else f'{where}{about}: {message}{after}')


class Aws__Not_Found(Aws__Error, LookupError):
    """The resource isn't there."""


class Aws__Conflict(Aws__Error):
    """The resource exists already, or another change of it is going on."""


class Aws__Invalid(Aws__Error, ValueError):
    """AWS, or botocore before it, refused a value."""


class Aws__Access_Denied(Aws__Error, PermissionError):
    """The caller may not do this."""


class Aws__Credentials(Aws__Error, PermissionError):
    """There are no credentials, or AWS doesn't know them (any longer)."""


class Aws__Throttled(Aws__Error):
    """Too many calls, or too many concurrent invokes."""


class Aws__Server_Error(Aws__Error):
    """AWS answered 5xx."""


class Aws__Connection(Aws__Error, ConnectionError):
    """No answer: no network, no such host, refused, or too slow."""


class Wait__Timeout(Osbot_Lambda__Error, TimeoutError):
    """A state was not reached in time."""

    def __init__(self, resource: str, wanted: str, seen: str, seconds: float, advice: str = ''):
        self.resource, self.wanted, self.seen, self.seconds = resource, wanted, seen, seconds
        then = f'. {advice}' if advice else ''
        super().__init__(f'{resource} was not {wanted} after {seconds:g} s; it was {seen or "absent"}{then}')


class Invoke__Failed(Osbot_Lambda__Error):
    """The function was invoked, and ended with an error: its handler raised, couldn't be loaded, or took too long.

    Attributes: name, error_type ('ValueError', 'Sandbox.Timedout'), error_message, stack_trace (lines), request_id.
    """

    def __init__(self, name: str, error_type: str, error_message: str, stack_trace: tuple[str, ...], request_id: str):
        self.name, self.error_type, self.error_message = name, error_type, error_message
        self.stack_trace, self.request_id = stack_trace, request_id
        trace = '\n' + ''.join(stack_trace).rstrip() if stack_trace else ''
        super().__init__(f'function {name}: {error_type}: {error_message} (request id {request_id}){trace}')


# ---- the shell of a function


class Shell__Error(Osbot_Lambda__Error):
    """The shell of a function can't be used."""


class Shell__No_Key(Shell__Error, ValueError):
    """There is no key to ask the shell with."""


class Shell__Refused(Shell__Error, PermissionError):
    """The shell is off, or its key is another one; it doesn't say which."""


class Shell__Not_There(Shell__Error, LookupError):
    """The function answered, and it wasn't a shell: its handler isn't decorated with lambda_shell."""


class Shell__Failed(Shell__Error):
    """What the shell was asked for raised there.

    Attributes: name (the function), method, error_type ('FileNotFoundError'), error_message, traceback (text).
    """

    def __init__(self, name: str, method: str, error_type: str, error_message: str, traceback: str):
        self.name, self.method, self.error_type = name, method, error_type
        self.error_message, self.traceback = error_message, traceback
        super().__init__(f'{method}() in function {name}: {error_type}: {error_message}')


# ---- packaging


class Packaging__Error(Osbot_Lambda__Error):
    """The package can't be made."""


class Handler__Invalid(Packaging__Error, ValueError):
    """The handler is neither a function nor 'module.function'."""


class Handler__Not_Found(Packaging__Error, LookupError):
    """The module has no such function."""


class Module__Not_Found(Packaging__Error, LookupError):
    """There is no such module."""


class Source__Not_Found(Packaging__Error, LookupError):
    """Python kept no source of this function."""


class Source__Not_Portable(Packaging__Error):
    """The function uses a value that can't be written as source."""


class Source__Syntax_Error(Packaging__Error, ValueError):
    """A source file that Python can't read."""

    def __init__(self, file: str, line: int, reason: str):
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f'{file}:{line}: {reason}')


class File__Not_Found(Packaging__Error, FileNotFoundError):
    """A file or folder to add isn't there."""


class Zip__Bad_Path(Packaging__Error, ValueError):
    """A path that is absolute, climbs with '..', or repeats."""


class Zip__Too_Large(Packaging__Error):
    """The package is over one of Lambda's limits."""


class Packaging__Tool_Missing(Packaging__Error, LookupError):
    """A program that an option of the package needs isn't on this machine."""

    def __init__(self, tool: str, wanted_for: str, what_to_do: str):
        self.tool, self.wanted_for, self.what_to_do = tool, wanted_for, what_to_do
        super().__init__(f'{tool} is needed {wanted_for}, and is not on this machine: {what_to_do}')


class Packaging__Tool_Failed(Packaging__Error):
    """A program that an option of the package needs ended with an error.

    Attributes: tool, exit_code, lines (what it said).
    """

    def __init__(self, tool: str, exit_code: int, lines: Sequence[str]):
        self.tool, self.exit_code, self.lines = tool, exit_code, tuple(lines)
        super().__init__(f'{tool} ended with {exit_code}: {" ".join(lines) or "no reason given"}')


class Requirement__Invalid(Packaging__Error, ValueError):
    """What names packages can't be used: a line of a requirements file, a pyproject.toml, a lock.

    Attributes: file ('' for a list in code), line (0 when it is about the file), reason.
    """

    def __init__(self, file: str, line: int, reason: str):
        self.file, self.line, self.reason = file, line, reason
        where = f'{file}:{line}' if line else file
        super().__init__(f'{where}: {reason}' if where else reason)


class Packaging__No_Wheel(Packaging__Error, LookupError):
    """No wheel of `requirement` installs on `platform`; `seen` are those that there are."""

    def __init__(self, requirement: str, platform: str, seen: Sequence[str]):
        self.requirement, self.platform, self.seen = requirement, platform, tuple(seen)
        super().__init__(
            f'no wheel of {requirement} installs on {platform}; found {", ".join(seen) or "none"}. '
            f'Ask for a version that has one, or for another runtime (python3.12 and later have glibc 2.34, those '
            f'before 2.26) or architecture; build a wheel for it and name its path; or deploy a container image'
        )


class Packaging__Install_Failed(Packaging__Error):
    """pip or uv could not install the packages.

    Attributes: requirements, tool ('pip', 'uv', or '' when there is neither), exit_code, lines (what it said).
    """

    def __init__(self, requirements: Sequence[str], tool: str, exit_code: int, lines: Sequence[str]):
        self.requirements, self.tool, self.exit_code, self.lines = tuple(requirements), tool, exit_code, tuple(lines)
        ended = f' ({tool} ended with {exit_code})' if tool else ''
        super().__init__(
            f'{", ".join(requirements)} could not be installed{ended}: {" ".join(lines) or "no reason given"}'
        )


class Import_Check__Failed(Packaging__Error, ImportError):
    """The package can't be imported in the Python of the function's runtime: on Lambda no invoke would work.

    Attributes: handler, platform, kind (see Import_Failure), module, file and line ('' and 0: not known), reason,
    traceback (Python's). name and path are ImportError's own: the module and the file.
    """

    def __init__(
        self,
        handler: str,
        platform: str,
        kind: str,
        module: str,
        file: str,
        line: int,
        reason: str,
        traceback: str = '',
    ):
        self.handler, self.platform, self.kind, self.module = handler, platform, kind, module
        self.file, self.line, self.reason, self.traceback = file, line, reason, traceback
        text = f'{handler} does not start on {platform}: {reason}'
        ImportError.__init__(self, text, name=module or None, path=file or None)


class Packaging__Hash_Mismatch(Packaging__Error, ValueError):
    """A file isn't the one whose hash was given, in a lock or by the index.

    Attributes: name, version, file, expected ('sha256:…', one or more), found (the file's own).
    """

    def __init__(self, name: str, version: str, file: str, expected: Sequence[str], found: str):
        self.name, self.version, self.file = name, version, file
        self.expected, self.found = tuple(expected), found
        some = ', '.join(expected[:2]) + (f' or one of {len(expected) - 2} more' if len(expected) > 2 else '')
        super().__init__(
            f'{file} of {name}{"==" if version else ""}{version} has {found}, and {some} was expected: it '
            f'was changed since, or the index has other files. If the change is meant, make the lock anew; else do '
            f'not use it'
        )


# ---- packages in S3


class Dependency__Error(Osbot_Lambda__Error, RuntimeError):
    """A package that is kept in S3 can't be used. Attributes: package_name (the requirement), about."""

    def __init__(self, package_name: str, about: str):
        self.package_name, self.about = package_name, about
        super().__init__(f'dependency {package_name!r} {about}')


class Dependency__Invalid(Dependency__Error, ValueError):
    """The name is no requirement, or the bytes are no zip."""


class Dependency__Not_Found(Dependency__Error, LookupError):
    """It isn't in S3."""


class Dependency__Corrupted(Dependency__Error):
    """What is in S3 isn't what was uploaded, or can't be proved to be."""


class Dependency__Wrong_Platform(Dependency__Error):
    """It is compiled for another version of Python, or another processor, than the function's."""


# ---- deploy


class Deploy__Error(Osbot_Lambda__Error):
    """The function can't be deployed."""


class Function_Name__Invalid(Deploy__Error, ValueError):
    """A name that Lambda refuses."""


class Setting__Invalid(Deploy__Error, ValueError):
    """A setting of the function that Lambda refuses: memory, timeout, environment, role, …."""


class Trigger__Invalid(Deploy__Error, ValueError):
    """A trigger that isn't a source of events that Lambda polls, or settings that it can't have."""


class Trigger__No_Source(Deploy__Error, LookupError):
    """The queue or stream isn't there."""


class Role__Lacks_Permission(Deploy__Error, PermissionError):
    """The function's role isn't ours to change, and lacks what the function's settings need.

    Attributes: role (its name or ARN), statements (what is to be added to one of its policies).
    """

    def __init__(self, role: str, statements: Sequence[Mapping[str, Any]], why: str = ''):
        self.role, self.statements = role, [dict(statement) for statement in statements]
        super().__init__(
            f'role {role}{why} lacks permissions that this function needs; add to one of its policies: '
            f'{json.dumps(self.statements)}'
        )


class Policy__No_Local_Cloud(Deploy__Error):
    """The AWS calls of a function are known on the local cloud alone."""


class Deploy__Nothing_To_Deploy(Deploy__Error):
    """The package is empty."""


class Deploy__Failed(Deploy__Error):
    """AWS took the call, and then the function went to Failed."""

    def __init__(self, name: str, code: str, reason: str):
        self.name, self.code, self.reason = name, code, reason
        super().__init__(f'function {name} failed to become ready: {code}: {reason}')


class Deploy__No_Version(Deploy__Error, LookupError):
    """There is no version to move an alias to, no such alias, or no canary of it."""


class Deploy__Alias_Not_Moved(Deploy__Error):
    """An alias was moved, and reads back as something else: somebody else moves it, too."""

    def __init__(self, name: str, alias: str, wanted: str, seen: str):
        self.name, self.alias, self.wanted, self.seen = name, alias, wanted, seen
        super().__init__(
            f'alias {alias} of {name} was moved to {wanted}, and reads back as {seen}: somebody else moved it, too. '
            f'Look at versions() before the next move'
        )


class Deploy__Many_Failed(Deploy__Error, ExceptionGroup[Exception]):
    """Some of several functions weren't deployed; the others were.

    Attributes: results (of those that were deployed, in their order), errors (by the function's name), exceptions.
    """

    def __new__(cls, errors: Mapping[str, Exception], results: Sequence[Any]) -> Self:
        some = [f'{name}: {type(error).__name__}: {error}'.partition('\n')[0] for name, error in errors.items()][:5]
        more = f'; and {len(errors) - len(some)} more, see .errors' if len(errors) > len(some) else ''
        others = ', the others were' if results else ''
        about = f'{len(errors)} of {len(errors) + len(results)} functions were not deployed{others}'
        return super().__new__(cls, f'{about}: {"; ".join(some)}{more}', list(errors.values()))

    def __init__(self, errors: Mapping[str, Exception], results: Sequence[Any]):
        self.errors, self.results = dict(errors), tuple(results)


# ---- the local cloud


class Local_Cloud__Error(Osbot_Lambda__Error):
    """The local cloud can't do it."""


class Local_Cloud__Port_Taken(Local_Cloud__Error, OSError):
    """Something else listens on the port."""

    def __init__(self, port: int):
        self.port = port
        super().__init__(
            f'port {port} on 127.0.0.1 is taken by another process; stop it, give another port, '
            f'or leave port out to have a free one'
        )

    def __str__(self) -> str:
        return str(self.args[0])


class Local_Cloud__Start_Failed(Local_Cloud__Error):
    """The cloud's process ended, or didn't answer, before it was ready."""


class Local_Cloud__Not_Running(Local_Cloud__Error):
    """The cloud isn't started, or has been stopped."""


class Api__Error(Local_Cloud__Error):
    """What an engine of the local cloud answers instead of a result.

    code and message are AWS's; status is HTTP's; fields are further keys of the error's body (`Type`, `Reason`, …).
    """

    def __init__(self, code: str, message: str, status: int = 400, **fields: Any):
        self.code, self.message, self.status, self.fields = code, message, status, fields
        super().__init__(f'{code}: {message}')


# ---- the data plane


class Runtime__Error(Osbot_Lambda__Error):
    """The data plane can't run the function."""


class Runtime__Not_Available(Runtime__Error):
    """There is no interpreter for this runtime on this machine."""

    def __init__(self, runtime: str, available: str, function: Optional[str] = None):
        self.runtime, self.available, self.function = runtime, available, function
        version = runtime.removeprefix('python')
        if version == runtime:
            about = 'the local cloud runs functions in Python only'
        else:
            about = (
                f'there is no {runtime} on this machine: install it (`uv python install {version}`, `pyenv install '
                f"{version}`, or your system's package {runtime}), deploy the function with runtime={available!r}, or "
                f'start the cloud with run_on_other_python=True'
            )
        super().__init__(f'function {function or "?"} wants {runtime}, and {about}')


class Runtime__No_Package(Runtime__Error, LookupError):
    """A package that Lambda's runtimes bring can't be had for a version of Python.

    Attributes: package, version ('3.9'), reason.
    """

    def __init__(self, package: str, version: str, reason: str):
        self.package, self.version, self.reason = package, version, reason
        super().__init__(
            f'{package} for Python {version} could not be had, so the local cloud does not bring it: {reason}'
        )


class Runtime__No_Isolation(Runtime__Error):
    """A namespace is wanted that this machine doesn't let us have."""

    def __init__(self) -> None:
        super().__init__(
            "isolation='namespace' takes Linux 5.12 or later and a kernel that lets this user have mount and process "
            "namespaces (in a container: run it privileged); isolation='folders' does without"
        )


class Runtime__Start_Failed(Runtime__Error):
    """The worker process could not be started."""


class Runtime__Stopped(Runtime__Error):
    """The data plane is stopping; nothing new is run."""
