import tools

def run(event, context):
    return [tools.Hammer, tools.Saw, tools.drill.value]
