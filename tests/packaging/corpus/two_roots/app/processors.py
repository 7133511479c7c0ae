from app.config import VALUE


def process(event):
    return VALUE
