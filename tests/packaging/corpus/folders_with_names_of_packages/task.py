import redis_x
import nginx_x.conf
import scripts_x.one

def run(event, context):
    return 1
