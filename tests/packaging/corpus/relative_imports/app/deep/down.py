from ..api.v1.near import value
