import old.one, old.two
from older import three

def run(event, context):
    return [old.one.value, old.two.value]
