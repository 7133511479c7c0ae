import a.b.c.d
from a.x import *

def run(event, context):
    return a.b.c.d.value
