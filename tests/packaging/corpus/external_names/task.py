import google_x.cloud.storage
from google_x.cloud import pubsub, tasks as t
import yaml_x as y
from PIL_x.Image import open
import boto3, botocore.config
from app import work

def run(event, context):
    return 1
