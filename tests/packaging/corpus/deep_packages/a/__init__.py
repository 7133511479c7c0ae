import used_by_a
