__all__ = ('hammer', 'saw')
hammer = 5
