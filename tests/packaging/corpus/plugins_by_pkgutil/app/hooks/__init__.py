import pkgutil
found = []
__all__ = [one.name for one in pkgutil.iter_modules(__path__)]
