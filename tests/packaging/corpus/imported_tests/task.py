from app.tests.helpers import value
import test_data
from app import conftest

def run(event, context):
    return [value, test_data.value]
