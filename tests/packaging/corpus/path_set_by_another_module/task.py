import bootstrap
import tool
from app.work import value

def run(event, context):
    return [tool.value, value]
