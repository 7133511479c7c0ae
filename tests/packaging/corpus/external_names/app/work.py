import google_x.cloud.storage
from yaml_x import safe_load
