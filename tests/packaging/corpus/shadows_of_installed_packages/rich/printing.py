print = 2
