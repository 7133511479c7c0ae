import absent_x
