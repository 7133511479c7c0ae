from .part import value
