import os, sys
sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'shared'))
import common
from models.order import Order

def run(event, context):
    return [common.value, Order]
