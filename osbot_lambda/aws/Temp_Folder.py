from pathlib import Path

from osbot_lambda.errors import Config__Error


class Temp_Folder:
    """Folders under the system's temporary one that this user alone can read and write."""

    @staticmethod
    def own(name: str) -> Path:
        """The folder `name` with the user's number after it, made when it isn't there; an absolute path as it is.

        Config__Error when somebody else made it: what is in it could be anything."""
        import os
        import tempfile

        if Path(name).is_absolute():
            return Path(name)
        folder = Path(tempfile.gettempdir(), f'{name}-{os.getuid()}')
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            raise Config__Error(f'{folder} was made by somebody else; remove it, or name another folder')
        return folder
