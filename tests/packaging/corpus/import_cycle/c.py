import a
import task
name = __name__
