from src.work import value

def run(event, context):
    return value
