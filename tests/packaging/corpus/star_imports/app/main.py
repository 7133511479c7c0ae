from . import *
from tools import *
from plain import *

def run(event, context):
    return [first.v, second.v, third.v, fourth.v, hammer, saw.v]
