import gzip
import os
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.test import override_settings

from apps.common import icons
from apps.siteui import bundle

# Bytes. A page's first visit has a budget of 150 KB over the wire in all, of which the style may take a tenth.
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")
MOST_CSS, MOST_CSS_SENT = 60_000, 15_000


def test_the_site_s_style_is_one_file_without_imports_and_small() -> None:
    css = bundle.build_css()
    assert "@import" not in css
    assert css.startswith("@layer reset,tokens,base,layout,components,utilities;")
    assert css.count("{") == css.count("}")
    assert len(css.encode()) < MOST_CSS
    assert len(gzip.compress(css.encode())) < MOST_CSS_SENT


def test_every_short_file_is_in_the_index() -> None:
    named = {path.resolve() for path in bundle.css_sources()}
    alone = {bundle.INDEX.with_name("styleguide.css")}  # only staff need it
    assert named == {path.resolve() for path in bundle.INDEX.parent.rglob("*.css")} - alone


def test_component_files_are_short_and_name_no_other_file() -> None:
    for path in bundle.INDEX.parent.glob("components/*.css"):
        text = path.read_text()
        assert len(text.splitlines()) <= 90, path.name
        assert "url(" not in text, path.name  # the joined file lies elsewhere


def test_shrinking_keeps_strings_and_selectors() -> None:
    css = 'a  >  b:hover ,\n c { content: "a ;  b" ; color : red ; /* why */ }'
    assert bundle.shrink(css) == 'a > b:hover,c{content:"a ;  b";color :red}'


def test_every_icon_has_a_shape_and_is_light() -> None:
    shapes = icons.shapes()
    assert shapes.keys() == icons.NAMES
    for name, shape in shapes.items():
        ET.fromstring(f"<svg>{shape}</svg>")
        assert len(shape) < 900, name
        assert "xmlns" not in shape


def test_every_icon_that_a_template_names_exists() -> None:
    used = set()
    for template in settings.BASE_DIR.glob("templates/**/*.html"):
        text = template.read_text()
        used |= set(re.findall(r'{% icon "([\w-]+)"', text))
        used |= set(re.findall(r'<c-[\w.-]+[^>]*?\sicon(?:_end)?="([\w-]+)"', text))
        used |= set(re.findall(r'<c-icon[^>]*?\sname="([\w-]+)"', text))
    assert used - icons.NAMES == set()


def test_a_changed_source_is_served_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "source.css"
    source.write_text("a{}")
    monkeypatch.setitem(bundle.MADE, "siteui/css/site.css", (lambda: [source], source.read_text))
    finder = bundle.BundleFinder()
    finder.storage = type(finder.storage)(location=tmp_path / "made")
    made = Path(finder.find("siteui/css/site.css"))
    os.utime(made, (time.time() + 10,) * 2)
    source.write_text("b{}")
    assert Path(finder.find("siteui/css/site.css")).read_text() == "a{}"
    os.utime(source, (time.time() + 20,) * 2)
    assert Path(finder.find("siteui/css/site.css")).read_text() == "b{}"


def test_the_finder_leaves_other_files_to_others() -> None:
    assert bundle.BundleFinder().find("siteui/css/tokens.css") == []
    assert finders.find("siteui/css/tokens.css") == str(settings.BASE_DIR / "static/siteui/css/tokens.css")


def test_collected_files_name_each_other_by_their_hashes(tmp_path: Path) -> None:
    """As in production: the style names the font, and modules name modules, so that all may be cached for ever."""
    storage = "apps.common.static_storage.HashedStorage"
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": storage}}
    with override_settings(
        STORAGES=storages,
        STATIC_ROOT=tmp_path,
        STATICFILES_FINDERS=[
            "django.contrib.staticfiles.finders.FileSystemFinder",
            "apps.siteui.bundle.BundleFinder",
        ],
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        stored = ManifestStaticFilesStorage(location=tmp_path)
        style = (tmp_path / stored.stored_name("siteui/css/site.css")).read_text()
        plain = [path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/js/*.js")]
        modules = {name: (tmp_path / stored.stored_name(name)).read_text() for name in plain if not HASHED.search(name)}
    assert re.search(r'url\("\.\./fonts/archivo\.[0-9a-f]{12}\.woff2"\)', style)
    assert "siteui/js/site.js" in modules
    for name, source in modules.items():
        imported = re.findall(r"""^import\b[^"']*["']([^"']+)["']""", source, re.MULTILINE)
        assert all(HASHED.search(path) for path in imported), name


def test_the_font_is_small_and_its_licence_lies_beside_it() -> None:
    fonts = settings.BASE_DIR / "static/siteui/fonts"
    assert (fonts / "archivo.woff2").stat().st_size <= 45_000
    assert "SIL Open Font License" in (fonts / "OFL.txt").read_text()
