from app.work import double
import lib

def run(event, context):
    return double(lib.value)
