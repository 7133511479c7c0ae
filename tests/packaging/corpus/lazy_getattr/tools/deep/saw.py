Saw = 2
