import space.one
from space import two
from space.deep.down import value

def run(event, context):
    return [space.one.value, two.value, value]
