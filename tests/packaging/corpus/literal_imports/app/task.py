import importlib as il
import runpy
from importlib import import_module

MODULE = 'four'

import_module('one')
il.import_module(name='two.deep')
__import__('three')
import_module(MODULE)
import_module('.five', __package__)
import_module('.six', package='app')
for name in ['seven', 'eight']:
    import_module(name)
READERS = {'csv': ('nine', 'read'), 'json': ('ten', 'read')}


def run(event, context):
    module, function = READERS[event.get('kind', 'csv')]
    import_module(READERS['json'][0])
    runpy.run_module('eleven')
    return import_module(module).read()
