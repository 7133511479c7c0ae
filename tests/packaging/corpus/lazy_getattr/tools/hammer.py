Hammer = 1
