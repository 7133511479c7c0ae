import importlib
from importlib import import_module as load

BASE = 'app.plugins.'


def run(event, context):
    name = event.get('name', 'one')
    found = [
        importlib.import_module(f'app.plugins.{name}'),
        load(BASE + name),
        load('app.filters.%s' % name),
        load('app.sinks.{}'.format(name)),
        load('.'.join(('app', 'views', name, 'page'))),
        load(f'app.jobs.{name}_job'),
    ]
    return [one.value for one in found]
