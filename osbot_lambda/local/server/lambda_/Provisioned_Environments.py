import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Provisioned_Config import Provisioned_Config

log = logging.getLogger('osbot_lambda.local')


class Provisioned_Environments:
    """Starts the environments that functions have ahead of any invoke, and says how many there are.

    Those of an alias are its versions', by their weights. Any invoke of the version runs in them.
    Threads: started when there is something to start, at most MAX_THREADS, one a configuration.
    """

    MAX_THREADS = 8
    INIT_FAILED = 'FUNCTION_ERROR_INIT_FAILURE'

    def __init__(self, runner: Function_Runner):
        self.runner = runner
        self._threads = ThreadPoolExecutor(self.MAX_THREADS, thread_name_prefix='osbot-lambda-provision')

    def allocated(self, function: Lambda_Function, qualifier: str, config: Provisioned_Config) -> int:
        """How many environments are there for a configuration."""
        if config.status == 'FAILED':
            return 0
        shares = self._shares(function, qualifier, config).items()
        return sum(min(number, self.runner.invoker.provisioned(function.arn, version)) for version, number in shares)

    def changed(self, function: Lambda_Function) -> None:
        """Configurations, versions or aliases of the function have changed: end what is too much, start the rest."""
        with function.lock:
            for qualifier in [one for one in function.provisioned if function.version(one) is None]:
                del function.provisioned[qualifier]
            wanted = {key: config for key, config in function.provisioned.items() if config.status != 'FAILED'}
            totals: dict[str, int] = {}
            for qualifier, config in wanted.items():
                for version, number in self._shares(function, qualifier, config).items():
                    totals[version] = totals.get(version, 0) + number
            function.running.provision(sum(totals.values()))
            self.runner.invoker.provision(function.arn, totals)
        for qualifier, config in wanted.items():
            if config.status == 'IN_PROGRESS' or self.allocated(function, qualifier, config) < config.requested:
                config.status = 'IN_PROGRESS'
                self._submit(function, qualifier, config)

    def stop(self) -> None:
        """Start no more (the data plane has to be stopped before); idempotent."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _submit(self, function: Lambda_Function, qualifier: str, config: Provisioned_Config) -> None:
        try:
            self._threads.submit(self._start, function, qualifier, config)
        except RuntimeError:  # shut down: the cloud is stopping
            log.info('no environments are started for %s:%s: the cloud is stopping', function.arn, qualifier)

    def _start(self, function: Lambda_Function, qualifier: str, config: Provisioned_Config) -> None:
        reason = self._failure(function, qualifier, config)
        if reason is None:  # what is missing now, another thread is starting: it will look again
            if self.allocated(function, qualifier, config) >= config.requested:
                config.status, config.reason = 'READY', None
            return
        config.status, config.reason = 'FAILED', reason
        if self.runner.functions.is_there(function):
            self.changed(function)  # what has been started already ends, too

    def _failure(self, function: Lambda_Function, qualifier: str, config: Provisioned_Config) -> Optional[str]:
        """Start what is missing; why that failed, or None."""
        try:
            return None if all(self._started(function, qualifier, config)) else self.INIT_FAILED
        except Api__Error as error:
            return error.message
        except Exception as error:  # noqa: BLE001  whatever keeps it from starting is the caller's to read
            return f'{type(error).__name__}: {error}'

    def _started(self, function: Lambda_Function, qualifier: str, config: Provisioned_Config) -> Iterator[bool]:
        """Whether each environment could be started, one after the other; ends when the configuration is outdated."""
        for number in self._shares(function, qualifier, config):
            version = function.versions.get(number)
            while version and function.provisioned.get(qualifier) is config:
                started = self.runner.start_provisioned(version)
                if started is None:
                    break
                yield started

    @staticmethod
    def _shares(function: Lambda_Function, qualifier: str, config: Provisioned_Config) -> dict[str, int]:
        """How many environments each published version has of a configuration."""
        alias = function.aliases.get(qualifier)
        if alias is None:
            return {qualifier: config.requested}
        shares = {version: round(config.requested * weight) for version, weight in alias.weights.items()}
        shares[alias.version] = config.requested - sum(shares.values())
        return shares
