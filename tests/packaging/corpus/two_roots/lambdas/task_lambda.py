from app.processors import process


def lambda_handler(event, context):
    return process(event)
