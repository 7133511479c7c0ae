"""Builds the package of an app once, in a process of its own, and prints how long it took.

    python -m benchmarks.Package_Build app.run <folder>

The clock starts before anything of osbot_lambda is imported, and stops when the hash of the zip is known, and the zip
is there unless it is the one of the last build.
"""

import json
import sys
import time
from pathlib import Path

PACKAGES = ('numpy==2.2.6', 'pydantic==2.11.7', 'requests==2.32.5')  # 68 MB unpacked


def main(handler: str, folder: str, last: str) -> None:
    """`last` is the hash that is deployed already."""
    start = time.perf_counter()
    from osbot_lambda.packaging.Handler_Source import Handler_Source
    from osbot_lambda.packaging.Lambda_Package import Lambda_Package
    from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
    from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
    from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver

    wheels = Package_Resolver(Lambda_Platform('python3.12')).resolve(Requirement_Set(PACKAGES))
    package = Lambda_Package().add_handler(Handler_Source(handler, [Path(folder)])).add_wheels(wheels)
    sha256 = package.code_sha256()
    if sha256 != last:
        package.zip_bytes()
    seconds = time.perf_counter() - start
    paths = [str(wheel.path) for wheel in wheels.wheels]
    print(json.dumps({'seconds': seconds, 'sha256': sha256, 'unpacked': package.size(), 'wheels': paths}))


if __name__ == '__main__':
    main(*sys.argv[1:])
