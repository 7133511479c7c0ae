"""Builds the package of an app once, in a process of its own, and prints its hash and the wheels that it took.

    python -m benchmarks.Package_Build app.run <folder> <hash that is deployed already> <zip>

The zip is written unless it is the one that is deployed.
"""

import json
import sys
from pathlib import Path

PACKAGES = ('numpy==2.2.6', 'pydantic==2.11.7', 'requests==2.32.5')  # 67 MB unpacked


def main(handler: str, folder: str, deployed: str, target: str) -> None:
    """One build, as a deploy does it."""
    from osbot_lambda.packaging.Handler_Source import Handler_Source
    from osbot_lambda.packaging.Lambda_Package import Lambda_Package
    from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
    from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
    from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver

    wheels = Package_Resolver(Lambda_Platform('python3.12')).resolve(Requirement_Set(PACKAGES))
    package = Lambda_Package().add_handler(Handler_Source(handler, [Path(folder)])).add_wheels(wheels)
    sha256 = package.code_sha256()
    if sha256 != deployed:
        Path(target).write_bytes(package.zip_bytes())
    print(json.dumps({'sha256': sha256, 'wheels': [str(wheel.path) for wheel in wheels.wheels]}))


if __name__ == '__main__':
    main(*sys.argv[1:])
