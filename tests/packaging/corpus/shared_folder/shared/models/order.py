Order = 2
