import importlib
import importlib.util
import os
import pkgutil
import runpy
from importlib.metadata import entry_points
from pkgutil import resolve_name


def run(event, context):
    name = event.get('name')
    if name:
        importlib.import_module(name)
        importlib.import_module(os.environ['BACKEND'])
        importlib.import_module(os.environ.get('BACKEND', 'backends.simple'))
        __import__(name + '_plugin')
        importlib.import_module(f'{name}.handler')
        spec = importlib.util.spec_from_file_location('x', event['file'])
        exec(open(event['file']).read())
        exec(compile(event['text'], 'x', 'exec'))
        runpy.run_path(event['file'])
        list(pkgutil.walk_packages([event['folder']]))
        entry_points(group='tools')
        resolve_name(name)
    exec('import written')
    return resolve_name('backends:value')
