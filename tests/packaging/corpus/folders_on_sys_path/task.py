import os
import site
import sys
from pathlib import Path

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, 'vendor')
sys.path.append(os.path.join(HERE, 'libs', 'one'))
sys.path.append(str(Path(__file__).resolve().parent / 'libs' / 'two'))
sys.path += [HERE + '/libs/three']
sys.path = ['libs/four'] + sys.path
sys.path.insert(0, '/opt/tools')
sys.path.insert(0, os.environ.get('EXTRA', ''))
site.addsitedir('libs/five')

import vendored
import in_one, in_two, in_three, in_four, in_five
import both


def run(event, context):
    return [vendored.value, in_one.value, in_two.value, both.value]
