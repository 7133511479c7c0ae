"""Runs in the Python of a Lambda runtime: compiles the sources of a folder into files of the same names in another.

A source that this Python can't read has none: packages ship such files for other versions.
"""

import os
import py_compile
import sys


def main(sources: str, compiled: str) -> None:
    """Both are folders."""
    for folder, folders, files in os.walk(sources):
        folders.sort()
        for name in sorted(files):
            source = os.path.join(folder, name)
            path = os.path.relpath(source, sources)
            try:
                py_compile.compile(
                    source,
                    os.path.join(compiled, path),
                    dfile=f'/var/task/{path}',
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                    quiet=2,
                )
            except (py_compile.PyCompileError, ValueError):  # ValueError: a null byte
                continue


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
