import sys


class Module_Standard:
    """Which top-level modules Python itself brings, by version. All static: a table, no state.

    Units  : versions are (3, minor).
    Source : sys.stdlib_module_names of the running Python; "What's new in Python 3.9" to 3.14, and PEP 594.
    """

    SINCE = {'zoneinfo': 9, 'graphlib': 9, 'tomllib': 11, 'compression': 14, 'annotationlib': 14}
    REMOVED = {
        **dict.fromkeys(('formatter', 'parser', 'symbol'), 10),
        'binhex': 11,
        **dict.fromkeys(('asynchat', 'asyncore', 'distutils', 'imp', 'smtpd'), 12),
        **dict.fromkeys(('aifc', 'audioop', 'cgi', 'cgitb', 'chunk', 'crypt', 'imghdr', 'lib2to3', 'mailcap'), 13),
        **dict.fromkeys(('msilib', 'nis', 'nntplib', 'ossaudiodev', 'pipes', 'sndhdr', 'spwd', 'sunau'), 13),
        **dict.fromkeys(('telnetlib', 'uu', 'xdrlib'), 13),
    }

    @classmethod
    def has(cls, top: str, version: tuple[int, int]) -> bool:
        """Is it in the standard library of this Python? Of top-level names."""
        if top in cls.SINCE:
            return version >= (3, cls.SINCE[top])
        if top in cls.REMOVED:
            return version < (3, cls.REMOVED[top])
        return top in sys.stdlib_module_names or top == '__future__'
