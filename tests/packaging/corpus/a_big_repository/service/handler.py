from service.db import models
import settings

def run(event, context):
    return settings.value
