import one, two as second
from three import value as third

def run(event, context):
    return [one.value, second.value, third]
