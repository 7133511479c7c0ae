import thirdparty_x
import single_x
from ns_x.part import value
from ns_x import own

def run(event, context):
    return 1
