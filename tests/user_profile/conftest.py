"""Every test of this app has pictures of its own and fresh limits."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def stored_files(tmp_path):
    """Return the names of the files in storage."""

    def names():
        return sorted(str(path.relative_to(tmp_path / "media")) for path in (tmp_path / "media").rglob("*.webp"))

    return names
