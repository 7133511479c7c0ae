from pathlib import Path

import pytest

from tests.packaging.requirements.Site_Folder import Site_Folder


@pytest.fixture
def site(tmp_path: Path) -> Site_Folder:
    """An empty site-packages."""
    return Site_Folder(tmp_path / 'env' / 'site-packages')
