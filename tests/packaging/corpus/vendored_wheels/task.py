import sys
sys.path.insert(0, 'vendor')

import lib_x

def run(event, context):
    return lib_x.load('back')
