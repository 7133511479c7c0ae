import mapped_x.work
import single_y
import space_x.part.deep
import space_x.gone

def run(event, context):
    return 1
