import sys
from collections.abc import Iterable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Optional

from osbot_lambda.packaging.Module_File import Module_File


class Module_Editables:
    """Where the editable installs of this environment keep their modules: the user's own code, outside site-packages.

    Shapes : folders is what .pth files put on sys.path; find() asks the import hooks that installers leave (setuptools,
             hatchling's editables, scikit-build-core, meson-python) about one module. Nothing is imported.
    Source : the `site` module; PEP 660.
    """

    SUFFIXES = (*EXTENSION_SUFFIXES, '.py')

    def __init__(self, installed: Iterable[Path]):
        self.installed = tuple(installed)
        self.folders = tuple(self._from_pth_files())
        # a hook is a class or an object; its module is named by the installer: __editable___app_1_0_finder
        self._hooks = [one for one in sys.meta_path if 'editable' in self._module_of(one)]

    def find(self, name: str) -> Optional[Module_File]:
        """The module of this dotted name, when a hook knows it."""
        for hook in self._hooks:
            spec = hook.find_spec(name, None)
            if spec is None:
                continue
            folders = tuple(Path(folder) for folder in spec.submodule_search_locations or ())
            file = Path(spec.origin) if spec.origin and spec.origin.endswith(self.SUFFIXES) else None
            if folders or file is not None:
                return Module_File(name, file, folders, (folders[0] if folders else file or Path()).parent)
        return None

    def _from_pth_files(self) -> Iterable[Path]:
        for site in self.installed:
            for file in sorted(site.glob('*.pth')):
                try:
                    lines = file.read_text(errors='replace').splitlines()
                except OSError:  # as `site`, which skips what it can't read
                    continue
                for line in (line.strip() for line in lines):
                    if line and not line.startswith(('#', 'import ', 'import\t')):
                        folder = (site / line).resolve()
                        if folder.is_dir() and not any(folder.is_relative_to(one) for one in self.installed):
                            yield folder

    @staticmethod
    def _module_of(hook: object) -> str:
        return getattr(hook, '__module__', None) or type(hook).__module__
