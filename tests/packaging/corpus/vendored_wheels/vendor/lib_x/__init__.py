import importlib
import other_x


def load(name):
    return importlib.import_module('lib_' + 'x.' + name).value
