from . import found
found.append(3)
