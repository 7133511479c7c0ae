import sys

if sys.version_info >= (3, 11):
    import tomllib
    import new_way
else:
    import tomli_x as tomllib
    import old_way
if sys.version_info[:2] < (3, 10):
    import compat
try:
    import tomllib as again
except ImportError:
    import tomli_y
import distutils


def run(event, context):
    import tomllib
