import calendar
import email
import json
import logging.handlers
from app import json as own
from . import queue

def run(event, context):
    return [calendar.value, bool(email.message_from_string), json.dumps(1), own.value, queue.value]
