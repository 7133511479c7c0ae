import app, linked, folder

def run(event, context):
    return [linked.value, folder.value]
