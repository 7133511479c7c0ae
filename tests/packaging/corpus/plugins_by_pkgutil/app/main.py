import importlib
import pkgutil

from app import plugins
import app.hooks as hooks

for info in pkgutil.iter_modules(plugins.__path__):
    importlib.import_module(f'app.plugins.{info.name}')
for _, name, _ in pkgutil.walk_packages(hooks.__path__, hooks.__name__ + '.'):
    importlib.import_module(name)


def run(event, context):
    return plugins.found + hooks.found
