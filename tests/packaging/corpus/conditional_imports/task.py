import os
import platform
import sys

if os.environ.get('MODE') == 'x':
    import mode_x
else:
    import mode_y
if sys.platform == 'win32':
    import windows_only
    import pywintypes
elif sys.platform.startswith('linux'):
    import linux_only
if os.name == 'nt':
    import msvcrt
    import windows_too
if sys.version_info[0] == 2:
    import python_2
if sys.version_info >= (3, 8) and not sys.platform == 'darwin':
    import modern
else:
    import ancient
if False:
    import never
match platform.system():
    case 'Linux':
        import matched
    case _:
        import matched_else
while True:
    import in_while
    break
try:
    import tried
except ImportError:
    import caught
else:
    import after
finally:
    import at_last


def run(event, context):
    return linux_only.value
