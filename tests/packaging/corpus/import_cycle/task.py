import a

def run(event, context):
    return a.b.c.name
