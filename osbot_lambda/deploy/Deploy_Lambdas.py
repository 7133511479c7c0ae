import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Optional, Union

from osbot_lambda.errors import Deploy__Many_Failed, Setting__Invalid

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    from concurrent.futures import Executor, Future

    from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
    from osbot_lambda.deploy.Deploy_Lambdas_Result import Deploy_Lambdas_Result
    from osbot_lambda.deploy.Deploy_Result import Deploy_Result
    from osbot_lambda.schemas.Progress import Progress


class Deploy_Lambdas:
    """Several functions, deployed at the same time; what they share (role, layers, resolved packages) is made once.

        Deploy_Lambdas([Deploy_Lambda(orders.run), Deploy_Lambda(invoices.run)]).deploy()

    Errors : Setting__Invalid for a function that is there twice; deploy() also Deploy__Many_Failed, when all the others
             are deployed: it has their results, and the error of each that isn't.
    """

    def __init__(self, deploys: 'Iterable[Deploy_Lambda]'):
        self.deploys = list(deploys)
        self._check_names()

    def __repr__(self) -> str:
        return f'<Deploy_Lambdas {len(self.deploys)} functions>'

    def deploy(
        self,
        max_workers: int = 8,
        publish: bool = False,
        alias: Optional[str] = None,
        check: Optional[bool] = None,
        progress: 'Union[bool, Progress, None]' = None,
    ) -> 'Deploy_Lambdas_Result':
        """Each one's deploy(), max_workers of them at a time; the other arguments are that one's. After Ctrl-C no
        other begins, and those under way are ended.

        print(Deploy_Lambdas(functions).deploy(publish=True, alias='live'))"""
        from concurrent.futures import ThreadPoolExecutor

        from osbot_lambda.deploy.Deploy_Lambdas_Result import Deploy_Lambdas_Result
        from osbot_lambda.deploy.Deploy_Progress import Deploy_Progress
        from osbot_lambda.deploy.Deploy_Shared import Deploy_Shared

        if isinstance(max_workers, bool) or not isinstance(max_workers, int) or max_workers < 1:
            raise Setting__Invalid(f'max_workers is {max_workers!r}; it is how many deploys run at a time: 1 or more')
        began, shared = time.monotonic(), Deploy_Shared()
        with Deploy_Progress.shown(progress) as bars:

            def one(deploy: 'Deploy_Lambda') -> 'Deploy_Result':
                with shared.used():
                    return deploy.deploy(publish=publish, alias=alias, check=check, progress=bars)

            pool = ThreadPoolExecutor(max_workers, 'deploy')
            futures = [pool.submit(one, deploy) for deploy in self.deploys]
            self._wait(pool, futures, bars)
        return Deploy_Lambdas_Result(self._results(futures), time.monotonic() - began)

    def _wait(self, pool: 'Executor', futures: 'list[Future[Deploy_Result]]', bars: 'Progress') -> None:
        from concurrent.futures import as_completed

        count = len(futures)
        task = f'deploy {count} functions'
        bars.start(task, count, 'functions')
        try:
            for _ in as_completed(futures):
                bars.advance(task, 1)
        except BaseException as error:
            pool.shutdown(wait=True, cancel_futures=True)
            done = sum(not future.cancelled() and future.exception() is None for future in futures)
            error.add_note(f'{done} of {count} functions were deployed; the next deploy() does the rest')
            raise
        finally:
            pool.shutdown()
            bars.finish(task)

    def _results(self, futures: 'list[Future[Deploy_Result]]') -> 'tuple[Deploy_Result, ...]':
        errors: dict[str, Exception] = {}
        for label, future in zip(self._labels(), futures, strict=True):
            error = future.exception()
            if isinstance(error, Exception):
                errors[label] = error
            elif error is not None:
                raise error
        results = tuple(future.result() for future in futures if future.exception() is None)
        if errors:
            raise Deploy__Many_Failed(errors, results)
        return results

    def _labels(self) -> list[str]:
        """Their names; where two clouds have a function of the same name, with the cloud."""
        names = [deploy.lambda_name() for deploy in self.deploys]
        return [
            name if names.count(name) == 1 else f'{name} ({number}, {deploy.session.target})'
            for number, (name, deploy) in enumerate(zip(names, self.deploys, strict=True), 1)
        ]

    def _check_names(self) -> None:
        seen: set[object] = set()
        for deploy in self.deploys:
            key = (deploy.lambda_name(), deploy.session.target, repr(deploy.session.session_kwargs))
            if key in seen:
                raise Setting__Invalid(
                    f'{deploy.lambda_name()} is there twice: give one of them a lambda_name or stage'
                )
            seen.add(key)
