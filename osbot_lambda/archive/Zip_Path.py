from collections.abc import Iterable

from osbot_lambda.errors import Zip__Bad_Path


class Zip_Path:
    """Which paths a zip may have. All static.

    Errors : Zip__Bad_Path.
    """

    @staticmethod
    def is_safe(path: str) -> bool:
        """Does it stay inside of the folder that the zip is unpacked into, on every system?"""
        if not path or path[0] == '/' or '\\' in path or '\0' in path:
            return False
        first, *others = path.split('/')
        return first[1:2] != ':' and first != '..' and '..' not in others

    @staticmethod
    def check_folders(paths: Iterable[str]) -> None:
        """Zip__Bad_Path when a path is both a file and a folder."""
        files, folders = {*paths}, set[str]()
        for path in files:
            folder = path.rpartition('/')[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition('/')[0]
        for path in sorted(folders & files):
            raise Zip__Bad_Path(f'{path!r} is a file and a folder')
