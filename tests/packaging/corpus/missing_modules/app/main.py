from app import some_name
import app.gone
from .absent import x
from app.work.deeper import y
try:
    import app.perhaps
except ImportError:
    pass
from ....above import z


def run(event, context):
    import osbot_lambda
