import zipfile
from collections.abc import Mapping
from pathlib import Path


def made_wheel(
    file: Path, contents: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, mode: int = 0o644
) -> Path:
    """A zip with these files, and nothing else, dated today."""
    with zipfile.ZipFile(file, 'w', method) as wheel:
        for path, data in contents.items():
            info = zipfile.ZipInfo(path, (2026, 11, 21, 1, 2, 4))
            info.external_attr = (0o100000 | mode) << 16
            wheel.writestr(info, data, method)
    return file
