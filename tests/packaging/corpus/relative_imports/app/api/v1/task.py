from . import near
from .near import value as one
from .. import common
from ..v2.more import value as two
from ... import shared
from ...deep.down import value as three

def run(event, context):
    return [near.value, one, common.value, two, shared.value, three]
