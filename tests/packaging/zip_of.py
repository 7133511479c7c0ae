import io
import zipfile


def zip_of(files: dict[str, str | bytes]) -> bytes:
    """A zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as zipped:
        for path, content in files.items():
            zipped.writestr(path, content)
    return data.getvalue()
