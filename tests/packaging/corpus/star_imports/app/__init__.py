from . import first
__all__ = ['first', 'second']
__all__ += ['third']
__all__.extend(['fourth'])
