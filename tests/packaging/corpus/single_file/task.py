import json
import xml.etree.ElementTree as tree
from datetime import datetime, timezone


def run(event, context):
    return json.dumps([tree.__name__, bool(datetime.now(timezone.utc))])
