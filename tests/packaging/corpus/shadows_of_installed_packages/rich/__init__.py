from .printing import print
