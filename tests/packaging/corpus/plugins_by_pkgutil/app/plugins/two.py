from . import found
found.append(2)
