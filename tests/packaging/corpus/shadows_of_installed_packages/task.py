import markupsafe
from rich import print as show


def late():
    import boto3
    import requests

def run(event, context):
    return [markupsafe.value, show]
