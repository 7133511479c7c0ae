import os
import re
from collections.abc import Mapping
from threading import RLock
from typing import Any, Optional, Union
from weakref import WeakSet, WeakValueDictionary

from osbot_lambda.aws.Aws__Call_Errors import Aws__Call_Errors
from osbot_lambda.aws.session.Address import Address
from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs
from osbot_lambda.aws.session.Target import Target
from osbot_lambda.config.Project_Config import Project_Config
from osbot_lambda.errors import Config__Error, Target__Not_Loopback

CREDENTIALS = ('aws_access_key_id', 'aws_secret_access_key', 'aws_session_token')
TIMEOUTS = ('connect_timeout', 'read_timeout')
DEFAULT_REGION = 'us-east-1'
LONGEST_INVOKE = 900  # seconds; a shorter read timeout makes botocore invoke a slow function a second time

_lock = RLock()  # boto3 sessions may not make clients in two threads at once
_shared: dict[str, Any] = {}  # the isolated boto3.Session of this process
_clients: WeakValueDictionary[tuple, Any] = WeakValueDictionary()  # alive while an AWS_Session holds them
_said: set[str] = set()
_sessions: WeakSet['AWS_Session'] = WeakSet()


class AWS_Session:
    """Clients for one target: the only door to boto3, which is loaded when the first client is made.

    Shapes : session_kwargs is a dict or a Session__Kwargs; target is 'local', 'aws' or a URL.
    Errors : Target__Unknown, Target__Aws_Not_Named and Config__Error at construction; Target__Not_Loopback from a
             client of a target on this machine that was about to call another one; Config__Error from client() when
             no region is known for AWS; Aws__Error from account_id().
    Units  : of session_kwargs, connect_timeout and read_timeout are seconds (60 each; an invoke is waited for as long
             as a function may run); max_attempts, with the first one, is boto3's 3 in its standard mode.
    Note   : nothing is contacted, and no local cloud started, before the first client is made. Thread-safe.
    """

    def __init__(
        self, session_kwargs: Union[Session__Kwargs, Mapping[str, Any], None] = None, target: Optional[str] = None
    ):
        if not isinstance(session_kwargs, Session__Kwargs):
            session_kwargs = Session__Kwargs(**(session_kwargs or {}))
        _check(session_kwargs, target)
        self.session_kwargs = session_kwargs
        self.resolved = Target.resolve(target or session_kwargs.target, session_kwargs.endpoint_url)
        self._clients: dict[str, Any] = {}
        self._connection: Optional[dict[str, Any]] = None
        self._boto3_session: Any = None
        self._account_id: Optional[str] = None
        _sessions.add(self)

    @classmethod
    def of(
        cls,
        session_kwargs: Union['AWS_Session', Session__Kwargs, Mapping[str, Any], None] = None,
        target: Optional[str] = None,
    ) -> 'AWS_Session':
        """An AWS_Session as it is; anything else makes a new one."""
        if not isinstance(session_kwargs, AWS_Session):
            return cls(session_kwargs, target)
        if target and target != session_kwargs.target:
            raise Config__Error(f'target={target!r} was given with a session whose target is {session_kwargs.target!r}')
        return session_kwargs

    @property
    def target(self) -> str:
        """'local', 'aws', a URL, or 'moto' under an active mock_aws."""
        return self.resolved.name

    @property
    def region_name(self) -> str:
        """The region: argument, project's configuration, environment (for AWS: boto3's chain), else us-east-1."""
        if self.resolved.is_plain_boto3:
            with _lock:
                region = self._own_boto3_session().region_name
            if region or self.resolved.kind == 'moto':
                return region or DEFAULT_REGION
            raise Config__Error(
                'the target is aws, and no region is set: give region_name, AWS_DEFAULT_REGION, a profile that has '
                'one, or region in [tool.osbot-lambda] of pyproject.toml'
            )
        return (
            self.session_kwargs.region_name
            or Project_Config.load().region
            or os.environ.get('AWS_DEFAULT_REGION')
            or os.environ.get('AWS_REGION')
            or DEFAULT_REGION
        )

    @property
    def endpoint_url(self) -> Optional[str]:
        """Where the calls go, without a trailing slash; None for AWS's own addresses. Starts the local cloud."""
        return self._connect().get('endpoint_url')

    def client(self, service: Optional[str] = None) -> Any:
        """The boto3 client of `service` (default: the session kwargs' service_name), one for each session."""
        service = service or self.session_kwargs.service_name
        if not service:
            raise Config__Error('client() needs a service: none is given, and the session kwargs have none')
        client = self._clients.get(service)
        if client is None:
            with _lock:
                client = self._clients.get(service) or self._new_client(service)
                self._clients[service] = client
        return client

    def kwargs_with(self, key_id: str, secret: str, token: Optional[str] = None) -> Session__Kwargs:
        """The same cloud, region, timeouts and attempts, with other credentials: for another session, or process.
        (Inside a Lambda, and under a mock_aws, the place itself says which cloud it is.)"""
        same = {name: getattr(self.session_kwargs, name) for name in ('endpoint_url', 'max_attempts', *TIMEOUTS)}
        if self.resolved.kind == 'url':
            same['endpoint_url'] = self.resolved.endpoint_url
        target = self.target if self.resolved.kind in ('local', 'aws') else None
        keys = dict(zip(CREDENTIALS, (key_id, secret, token), strict=True))
        return Session__Kwargs(region_name=self.region_name, target=target, **same, **keys)

    def is_temporary(self) -> bool:
        """Whether the credentials end by themselves (those of a role), so that they can have expired."""
        if not self.resolved.is_plain_boto3:
            return bool(self._connect().get('aws_session_token'))
        with _lock:
            found = self._own_boto3_session().get_credentials()
        return bool(found and found.get_frozen_credentials().token)

    def account_id(self) -> str:
        """The 12 digits of the caller's account; asked of STS once, unless the access key on this machine says it."""
        if self._account_id is None:
            self._account_id = self._account_of_key() or self._account_of_sts()
        return self._account_id

    def learn_account(self, text: str) -> None:
        """Take the account from an ARN in what AWS answered about something of the caller's own, so that STS needn't be
        asked. Text without one changes nothing.

        session.learn_account('Function not found: arn:aws:lambda:us-east-1:123456789012:function:f')"""
        found = re.search(r'arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):', text)
        if found and self._account_id is None:
            self._account_id = found[1]

    @staticmethod
    def transfer_config(use_threads: bool = True, multipart_threshold: int = 8 * 1024 * 1024) -> Any:
        """How boto3 sends and fetches large files of S3; multipart_threshold in bytes."""
        from boto3.s3.transfer import TransferConfig

        return TransferConfig(use_threads=use_threads, multipart_threshold=multipart_threshold)

    def __repr__(self) -> str:
        return f'AWS_Session(target={self.target!r}, from {self.resolved.came_from}, {self.session_kwargs!r})'

    # ---- how to connect

    def _connect(self) -> dict[str, Any]:
        """The arguments for boto3's client(), found once."""
        with _lock:
            if self._connection is None:
                self._connection = self._find_connection()
                self._say_target()
            return self._connection

    def _find_connection(self) -> dict[str, Any]:
        if self.resolved.is_plain_boto3:
            found = {'region_name': self.region_name, 'endpoint_url': self.resolved.endpoint_url}
            return {name: value for name, value in found.items() if value}
        if self.resolved.kind == 'local' and not self.resolved.endpoint_url:
            return self._connection_to_local_cloud()
        credentials = self._credentials()
        return {'endpoint_url': self.resolved.endpoint_url, 'region_name': self.region_name, **credentials}

    def _connection_to_local_cloud(self) -> dict[str, Any]:
        from osbot_lambda.local.Local_Cloud import Local_Cloud

        given = self._given_credentials()
        account = given.get('aws_access_key_id', '')
        known = Local_Cloud.shared().session_kwargs(account if _is_account(account) else None)
        return {**known, **given, 'region_name': self.region_name}

    def _credentials(self) -> dict[str, Any]:
        """For an endpoint that is not AWS's: never asks a metadata server, and ends with fake ones."""
        given = self._given_credentials()
        if given.get('aws_access_key_id'):
            return {'aws_secret_access_key': 'test', **given}
        found: dict[str, Any] = {}
        if not self.resolved.is_on_this_machine:
            found = self._credentials_of_chain()
        elif self.resolved.kind == 'url':
            found = {name: os.environ.get(name.upper()) for name in CREDENTIALS}
        if not (found.get('aws_access_key_id') and found.get('aws_secret_access_key')):
            found = {'aws_access_key_id': 'test', 'aws_secret_access_key': 'test'}
        return {name: value for name, value in found.items() if value}

    def _credentials_of_chain(self) -> dict[str, Any]:
        resolver = self._own_boto3_session()._session.get_component('credential_provider')
        for provider in ('container-role', 'iam-role'):  # an answer takes seconds where there is no such server
            resolver.remove(provider)
        found = resolver.load_credentials()
        if found is None:
            return {}
        frozen = found.get_frozen_credentials()
        return dict(zip(CREDENTIALS, (frozen.access_key, frozen.secret_key, frozen.token), strict=True))

    def _given_credentials(self) -> dict[str, Any]:
        return {name: value for name in CREDENTIALS if (value := getattr(self.session_kwargs, name))}

    def _account_of_key(self) -> Optional[str]:
        if not self.resolved.is_on_this_machine:
            return None
        key = self._connect()['aws_access_key_id']
        return key if _is_account(key) else None

    def _account_of_sts(self) -> str:
        with Aws__Call_Errors('sts', 'GetCallerIdentity'):
            return str(self.client('sts').get_caller_identity()['Account'])

    def _say_target(self) -> None:
        where = f' in {self.region_name}' if self.target == 'aws' else ''
        line = f'target: {self.target}{where} (from {self.resolved.came_from})'
        if line not in _said:
            _said.add(line)
            import logging

            logging.getLogger('osbot_lambda').info(line)

    # ---- boto3

    def _new_client(self, service: str) -> Any:
        connection = self._connect()
        if not self.resolved.is_on_this_machine:
            return self._own_boto3_session().client(service, config=self._config(service), **connection)
        key = (service, *sorted(connection.items()), *sorted(self._limits().items()))
        client = _clients.get(key)
        if client is None:
            client = _isolated_boto3_session().client(service, config=self._config(service), **connection)
            _clients[key] = client
        return client

    def _own_boto3_session(self) -> Any:
        """boto3's session by its own rules; a new one, so that it has the hooks of a mock_aws that is active."""
        if self._boto3_session is None:
            import boto3

            project = Project_Config.load()
            with Aws__Call_Errors('', 'session'):
                self._boto3_session = boto3.Session(
                    region_name=self.session_kwargs.region_name or project.region,
                    profile_name=self.session_kwargs.profile_name or project.profile,
                    **self._given_credentials(),
                )
        return self._boto3_session

    def _config(self, service: str) -> Any:
        from botocore.config import Config

        limits = self._limits()
        attempts = {'total_max_attempts': limits.pop('max_attempts')} if 'max_attempts' in limits else {}
        options: dict[str, Any] = {
            'retries': {'mode': 'standard', **attempts},
            'user_agent_extra': f'osbot-lambda/{_our_version()}',
            'tcp_keepalive': True,
            'max_pool_connections': 50,
        }
        if service == 's3':
            options['signature_version'] = 's3v4'  # else signed URLs are of the old kind, which KMS refuses
        if service == 'lambda':
            options['read_timeout'] = LONGEST_INVOKE + 30
        if not self.resolved.is_plain_boto3:
            options['s3'] = {'addressing_style': 'path'}  # bucket.<host> has no DNS entry there
        if self.resolved.is_on_this_machine:
            options |= {'proxies': {}, 'defaults_mode': 'legacy'}
        if self.resolved.kind == 'aws':
            options['ignore_configured_endpoint_urls'] = True  # the name 'aws' comes before AWS_ENDPOINT_URL
        return Config(**options | limits)

    def _limits(self) -> dict[str, Any]:
        """What was said about attempts and timeouts."""
        found = {name: getattr(self.session_kwargs, name) for name in ('max_attempts', *TIMEOUTS)}
        return {name: value for name, value in found.items() if value is not None}


def _check(kwargs: Session__Kwargs, target: Optional[str]) -> None:
    if target and kwargs.target and target != kwargs.target:
        raise Config__Error(f'target={target!r} was given with session kwargs whose target is {kwargs.target!r}')
    if kwargs.max_attempts is not None and kwargs.max_attempts < 1:
        raise Config__Error(f'max_attempts={kwargs.max_attempts}: the first attempt counts, so 1 is the least')
    for name in TIMEOUTS:
        value = getattr(kwargs, name)
        if value is not None and value <= 0:
            raise Config__Error(f'{name}={value:g}: it is in seconds, and more than 0')


def _isolated_boto3_session() -> Any:
    """One session for all targets on this machine: no profile, file or AWS_* variable has a say in it, and none of
    its clients can leave the machine. Its clients are made with credentials of their own."""
    if 'session' not in _shared:
        import boto3
        import botocore.session

        variables = botocore.session.Session.SESSION_VARIABLES
        unnamed = {name: (config, None, default, cast) for name, (config, _, default, cast) in variables.items()}
        for file in ('config_file', 'credentials_file'):
            unnamed[file] = (None, None, os.devnull, None)
        botocore_session = botocore.session.Session(session_vars=unnamed)
        botocore_session.get_component('event_emitter').register_first('before-send', _refuse_to_leave)
        _shared['session'] = boto3.Session(botocore_session=botocore_session)
    return _shared['session']


def _refuse_to_leave(request: Any, event_name: str = '', **_: Any) -> None:
    """The guard: runs before each attempt at sending, so after redirects too."""
    if not Address(request.url).is_loopback():
        service, operation = [*event_name.split('.'), '', ''][1:3]
        raise Target__Not_Loopback(request.url, service, operation)


def _forget_clients() -> None:
    """In a forked child: the parent's connections are open here too, and answers would get mixed up."""
    global _lock
    _lock = RLock()  # another thread of the parent may have held it
    _shared.clear()
    _clients.clear()
    for session in _sessions:
        session._clients.clear()
        session._boto3_session = None


os.register_at_fork(after_in_child=_forget_clients)


def _is_account(key: str) -> bool:
    return len(key) == 12 and key.isascii() and key.isdigit()


def _our_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version('osbot-lambda')
    except PackageNotFoundError:  # run from a folder that was never installed
        return '0'
