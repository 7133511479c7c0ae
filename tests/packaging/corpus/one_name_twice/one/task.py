import thing, other, third

def run(event, context):
    return [thing.value, other.value, third.value]
