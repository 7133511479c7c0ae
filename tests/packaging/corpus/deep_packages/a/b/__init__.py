from used_by_b import value
