from collections.abc import Iterator
from typing import Any, Optional

from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan

WHAT_TO_DO = (
    'install it here, declare it (requirements.txt, pyproject.toml), or name it: add_packages([…]), add_module(…)'
)


class Deploy_Warnings:
    """What a deploy is told of that may go wrong on Lambda, and isn't certain to. All static.

    Shapes : each is a sentence.
    """

    @classmethod
    def of(
        cls, build: Deploy_Build, plan: Deploy_Plan, current: Optional[dict[str, Any]], added: bool
    ) -> tuple[str, ...]:
        """Of a build and its plan; added: files or packages were added to the handler's code."""
        return tuple(cls._all(build, plan, current, added))

    @staticmethod
    def _all(build: Deploy_Build, plan: Deploy_Plan, current: Optional[dict[str, Any]], added: bool) -> Iterator[str]:
        yield from plan.layers.warnings
        if build.package is None:
            if added:
                yield 'what was added is not deployed: a container image has its own files'
            return
        layers = plan.layers.names if plan.layers.arns is not None else (current or {}).get('Layers')
        for missing in build.package.missing() if not layers else ():  # what is in a layer isn't known
            yield f"{missing} is neither in the package nor in Lambda's runtime, so that its import fails: {WHAT_TO_DO}"
        if plan.code or plan.action == 'create':
            for dynamic in build.package.dynamic_imports():
                yield (
                    f'{dynamic.file}:{dynamic.line} imports what is known only when it runs ({dynamic.text.strip()}): '
                    f'if that is yours, add_module(…), add_packages([…]) or include= brings it along'
                )
