value = 1


def late():
    from app.legacy import old
