import sys
from os.path import dirname, join

LIBS = join(dirname(__file__), 'libs')
if LIBS not in sys.path:
    sys.path.append(LIBS)
