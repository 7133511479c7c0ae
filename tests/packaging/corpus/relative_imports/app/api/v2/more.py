from .. import common
value = 4
