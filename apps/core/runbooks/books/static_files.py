"""Static files are missing: the manifest, the files that it names, and what a page asks for."""

import re
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command

from apps.core.runbooks import programs
from apps.core.runbooks.diagnosis import Diagnosis, Look, Remedy, Runbook

SHOWN = 5
PAGE = "/accounts/login/"
_ASKED = re.compile(rb"""(?:href|src)=["']([^"']+\.(?:css|js|png|svg|webp|woff2|ico))["']""")


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Look whether every file that a page can name is there and can be read by everybody."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        diagnosis.ok("Static files are served from the sources here: there is no manifest to compare.")
        return
    _look_at_manifest(diagnosis)
    if look.deep:
        _look_at_a_page(diagnosis)
    if diagnosis.level == "wrong":
        diagnosis.remedies.append(
            Remedy(
                f"Collect the static files of this release into {settings.STATIC_ROOT or 'the bucket'} again.",
                "It adds and replaces files of this release and deletes none, so pages that are open keep theirs.",
                "Nothing has to be undone: a file too many is never asked for.",
                collect,
            )
        )
        if settings.STATIC_ROOT and programs.nginx_serves(str(settings.STATIC_ROOT)):
            diagnosis.remedies.append(
                Remedy(
                    "Test nginx's configuration, and have it read again if it is good.",
                    "A reload drops no connection, and a bad configuration is not loaded.",
                    "Nothing has to be undone: nothing was changed in the configuration.",
                    programs.reload_nginx,
                )
            )


def _manifest() -> dict[str, str]:
    """Return which hashed file stands for which, as it is stored now and not as this process once read it."""
    text = staticfiles_storage.read_manifest()  # type: ignore[attr-defined]  # of ManifestFilesMixin
    if text is None:
        return {}
    read, _ = staticfiles_storage.load_manifest()  # type: ignore[attr-defined]  # of ManifestFilesMixin
    return dict(read)


def _look_at_manifest(diagnosis: Diagnosis) -> None:
    try:
        files = _manifest()
    except ValueError:
        diagnosis.wrong("The manifest of the static files is damaged: pages that name a file fail.")
        return
    if not files:
        diagnosis.wrong("There is no manifest of static files: collectstatic has not run in this release.")
        return
    root = Path(settings.STATIC_ROOT or "")
    local = bool(settings.STATIC_ROOT) and not settings.S3_ORIGIN
    missing = sorted(name for name in set(files.values()) if not (root / name).is_file()) if local else []
    unreadable = [name for name in files.values() if local and (root / name).is_file() and not _readable(root / name)]
    diagnosis.evidence.update(manifest=len(files), missing=missing[:100], unreadable=unreadable[:100])
    diagnosis.judge(
        not missing,
        f"{len(missing)} of {len(files)} files that the manifest names are missing"
        + (f", as {', '.join(missing[:SHOWN])}." if missing else "."),
    )
    if unreadable:
        diagnosis.wrong(f"{len(unreadable)} files cannot be read by nginx, as {unreadable[0]} (mode without o+r).")
    unknown = sorted(
        name for name in _sources() if name not in files and not name.endswith((".map", ".gz", ".br", ".md", ".txt"))
    )
    diagnosis.evidence["not collected"] = unknown[:100]
    if unknown:
        diagnosis.wrong(f"{len(unknown)} files of this release were never collected, as {unknown[0]}.")


def _readable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o004)


def _sources() -> set[str]:
    """Return what collectstatic would collect. It leaves out hidden files and what editors leave behind."""
    left_out = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]  # its own
    return {name.replace("\\", "/") for finder in finders.get_finders() for name, _ in finder.list(left_out)}


def _look_at_a_page(diagnosis: Diagnosis) -> None:
    """Ask the running site for a page and for what it names. A site that does not run is no fault of static files."""
    page = _get(settings.SITE_URL + PAGE)
    if page is None:
        diagnosis.note("The site did not answer with a page, so what it asks for was not followed: see site-down.")
        return
    asked = sorted({match.decode() for match in _ASKED.findall(page)})
    failed = [name for name in asked if _get(_absolute(name)) is None]
    diagnosis.evidence["asked by a page"] = {"page": PAGE, "files": asked, "failed": failed}
    diagnosis.judge(
        not failed,
        f"{len(failed)} of {len(asked)} files that {PAGE} asks for do not arrive"
        + (f": {failed[0]}" if failed else "."),
    )


def _absolute(name: str) -> str:
    return name if urlsplit(name).scheme else settings.SITE_URL + name


def _get(url: str) -> bytes | None:
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 - SITE_URL is checked to be http(s)
            return bytes(response.read())
    except (OSError, ValueError):
        return None


def collect() -> str:
    """Collect the files of this release. Nothing is deleted."""
    call_command("collectstatic", interactive=False, verbosity=0)
    return "Collected the static files of this release; none was deleted."


RUNBOOK = Runbook("static-files", "Static files do not arrive", look, alerts=("StaticFilesMissing",))
