from importlib.resources import files
from .work import value

def run(event, context):
    return [value, files(__package__).joinpath('greeting.txt').read_text().strip()]
