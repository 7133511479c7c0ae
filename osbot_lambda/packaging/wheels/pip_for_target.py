"""pip, with markers that mean the target: `python pip_for_target.py '{"python_version": "3.12", …}' install …`.

pip's own --python-version and --platform choose wheels; its environment markers stay those of the Python that it runs
on, so that a dependency of the target's would be left out. So does, up to pip 24.0, what a wheel's Requires-Python is
held against, where the index doesn't say it.
"""

import json
import runpy
import sys

if __name__ == '__main__':
    target = json.loads(sys.argv.pop(1))
    try:
        from pip._internal.resolution.resolvelib import factory  # type: ignore[import-untyped, import-not-found, unused-ignore]
        from pip._vendor.packaging import markers  # type: ignore[import-untyped, import-not-found, unused-ignore]

        here = markers.default_environment()
        markers.default_environment = lambda: {**here, **target}
        python = factory.RequiresPythonCandidate(tuple(int(part) for part in target['python_full_version'].split('.')))
        vars(factory)['RequiresPythonCandidate'] = lambda _: python
    except (ImportError, AttributeError):  # a pip that keeps them elsewhere: wheels still fit
        print('warning: environment markers are those of this Python', file=sys.stderr)  # noqa: T201
    runpy.run_module('pip', run_name='__main__', alter_sys=True)
