from mylib_x import work
import installed_x
import shadowed_x

def run(event, context):
    return work.value
