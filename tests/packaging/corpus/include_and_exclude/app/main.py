try:
    import app.heavy
except ImportError:
    pass
import app.work

def run(event, context):
    return app.work.value
