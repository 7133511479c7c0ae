import fast
import app.core
import native
from shared import lib

def run(event, context):
    return 1
