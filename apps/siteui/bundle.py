"""The style sheet: one file for the browser, made from many short ones.

A finder makes it when a source is newer, so ``runserver`` and ``collectstatic`` give the same bytes and no build
tool is needed. Hashing and compression stay the storage's work.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SOURCES = settings.BASE_DIR / "static" / "siteui"
INDEX = SOURCES / "css" / "index.css"
IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>\w+)\);')
# Strings are kept as they are; comments and needless space go.
NOISE = re.compile(r"""("[^"]*"|'[^']*')|/\*.*?\*/|\s+""", re.DOTALL)
# Before a colon a space is a descendant's (`a :hover`), after it never means anything.
AROUND = re.compile(r"""("[^"]*"|'[^']*')|\s*([{};,])\s*|(:)\s+""")


def shrink(css: str) -> str:
    """Return ``css`` without comments and needless space."""
    css = NOISE.sub(lambda found: found[1] or ("" if found[0].startswith("/*") else " "), css)
    return AROUND.sub(lambda found: found[1] or found[2] or found[3], css).replace(";}", "}").strip()


def css_sources() -> list[Path]:
    return [INDEX, *(INDEX.parent / found["path"] for found in IMPORT.finditer(INDEX.read_text()))]


def build_css() -> str:
    """Return the index with every import replaced by the file it names."""

    def content(found: re.Match[str]) -> str:
        return f"@layer {found['layer']}{{{(INDEX.parent / found['path']).read_text()}}}"

    return shrink(IMPORT.sub(content, INDEX.read_text())) + "\n"


MADE = {
    "siteui/css/site.css": (css_sources, build_css),
}


class BundleFinder(BaseFinder):
    """Finds the made files, making them first when a source changed."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.BASE_DIR / "var" / "static")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    # One body for the two overloads of Django.
    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:  # type: ignore[override] # the stubs split find in two
        if path not in MADE:
            return []
        found = str(self._make(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in MADE:
            self._make(path)
            yield path, self.storage

    def _make(self, path: str) -> Path:
        sources, build = MADE[path]
        target = Path(self.storage.path(path))
        newest = max(source.stat().st_mtime for source in [*sources(), Path(__file__)])
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Several processes may do this at once: each writes its own file, the last rename wins with equal bytes.
            draft = target.with_name(f".{target.name}.{id(self)}")
            draft.write_text(build())
            draft.replace(target)
        return target
