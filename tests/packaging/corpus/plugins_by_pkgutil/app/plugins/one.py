from app.plugins import found
found.append(1)
