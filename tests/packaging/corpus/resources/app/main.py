import importlib.resources as resources
import pkgutil
from importlib.resources import files

PACKAGE = 'app.texts'


def run(event, context):
    return [
        files('app.assets').joinpath('a.txt').read_text().strip(),
        files('pictures').joinpath('b.txt').read_text().strip(),
        resources.files(PACKAGE).joinpath('c.txt').read_text().strip(),
        pkgutil.get_data('other.data', 'd.txt').decode().strip(),
    ]
