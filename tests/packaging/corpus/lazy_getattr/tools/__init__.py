import importlib

_WHERE = {'Hammer': '.hammer', 'Saw': '.deep.saw'}
_MODULES = ('drill',)


def __getattr__(name):
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name], __name__), name)
    for module in _MODULES:
        if module == name:
            return importlib.import_module(f'{__name__}.{module}')
    raise AttributeError(name)
