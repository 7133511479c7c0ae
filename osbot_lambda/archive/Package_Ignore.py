import fnmatch
from collections.abc import Sequence
from pathlib import Path
from typing import Optional


class Package_Ignore:
    """What is never part of a package, or not unless asked for. All static: rules, no state.

    Shapes : reasons are short texts, for files(): 'a cache', 'looks like a secret'; '' when there is none.
    """

    ALWAYS = {
        '__pycache__': 'a cache',
        '*.pyc': 'a cache',
        '*.pyo': 'a cache',
        '.mypy_cache': 'a cache',
        '.pytest_cache': 'a cache',
        '.ruff_cache': 'a cache',
        '.git': 'version control',
        '.hg': 'version control',
        '.svn': 'version control',
        '.DS_Store': 'a cache',
        '.env': 'looks like a secret',
        '.env.*': 'looks like a secret',
        '.netrc': 'looks like a secret',
        '.npmrc': 'looks like a secret',
        '.pypirc': 'looks like a secret',
        '.aws': 'looks like a secret',
        '.ssh': 'looks like a secret',
        'id_rsa': 'looks like a secret',
        'id_dsa': 'looks like a secret',
        'id_ecdsa': 'looks like a secret',
        'id_ed25519': 'looks like a secret',
    }
    NOT_DATA = {
        '.*': 'hidden',
        '*.pyi': 'for type checkers',
        'tests': 'a test',
        'test': 'a test',
        'test_*.py': 'a test',
        '*_test.py': 'a test',
        'conftest.py': 'a test',
        'node_modules': 'installed packages',
        'site-packages': 'installed packages',
        '*.egg-info': 'installed packages',
        '*.dist-info': 'installed packages',
    }
    SECRET = (
        *('*.key', '*.pfx', '*.p12', '*.jks', '*.keystore', '*.kdbx', '*.ppk', '*.env', '*.ovpn'),
        *('id_rsa*', 'id_dsa*', 'id_ecdsa*', 'id_ed25519*', '_netrc', '.pgpass', '.htpasswd', '.git-credentials'),
        *('credentials', 'credentials.*', 'credentials-*', 'credentials_*', 'secrets', 'secret', 'kubeconfig'),
        *('*.tfstate', '*.tfstate.*', '*.tfvars', 'service-account*.json', 'service_account*.json'),
        *(f'*secret*.{suffix}' for suffix in ('json', 'yaml', 'yml', 'toml', 'ini', 'txt', 'cfg', 'conf', 'csv')),
    )
    MOST_OF_A_PEM = 1_000_000  # bytes; a bundle of certificates is smaller

    @classmethod
    def always(cls, name: str) -> str:
        """Why it is left out also of a folder that is added by hand: caches, version control, .env, keys."""
        return next((why for pattern, why in cls.ALWAYS.items() if fnmatch.fnmatchcase(name, pattern)), '')

    @classmethod
    def not_data(cls, name: str) -> str:
        """Why it isn't among the data files that come along with a package, by its name."""
        rules = cls.NOT_DATA.items()
        return cls.always(name) or next((why for pattern, why in rules if fnmatch.fnmatchcase(name, pattern)), '')

    @classmethod
    def secret(cls, path: Path) -> str:
        """Does it look like a key or password? A .pem only when there is a private key in it."""
        name = path.name.lower()
        if name.endswith('.py'):
            return ''
        if name.endswith('.pem') and path.is_file():
            with path.open('rb') as file:
                return 'looks like a secret' if b'PRIVATE KEY' in file.read(cls.MOST_OF_A_PEM) else ''
        return 'looks like a secret' if any(fnmatch.fnmatchcase(name, pattern) for pattern in cls.SECRET) else ''

    @staticmethod
    def is_environment(folder: Path) -> bool:
        """Is it a virtual environment?"""
        return (folder / 'pyvenv.cfg').is_file()

    @staticmethod
    def matches(name: str, path: str, patterns: Sequence[str]) -> bool:
        """Does the name, or the relative path, fit one of the fnmatch patterns? Upper and lower case differ."""
        return any(fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(path, pattern) for pattern in patterns)

    @staticmethod
    def chosen(path: str, patterns: Sequence[str]) -> Optional[str]:
        """The first of include= or exclude= that fits this path in the zip, or a folder that it is in."""
        for pattern in patterns:
            folder = pattern.rstrip('/')
            if fnmatch.fnmatchcase(path, folder) or fnmatch.fnmatchcase(path, f'{folder}/*'):
                return pattern
        return None
