import cgi
import tomllib
from distutils.version import LooseVersion

try:
    import imp
except ImportError:
    imp = None
if (3, 12) <= sys.version_info:
    import new_way


def run(event, context):
    import telnetlib
