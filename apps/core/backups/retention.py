"""Which sets stay: every day for a month, then one a week, then one a month; and never less than what we can trust."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.core.backups import configuration as configurations
from apps.core.backups import files, locking, media, places, sealing, sets
from apps.core.backups.configuration import Configuration
from apps.core.models import BackupRecord

DAILY = timedelta(days=30)  # all sets
WEEKLY = timedelta(weeks=13)  # the first of each week
MONTHLY = timedelta(days=366)  # the first of each month
KEPT_VERIFIED = 2  # newest verified sets, whatever their age
OWED = "expired.json"  # sets that other places still have to delete
KEPT_NEWEST = 7  # newest sets of each kind, whatever their age: a clock that went wrong makes all of them old
MANY = 10  # sets that are deleted at once without being asked for; a day's backup replaces one or two
_ASK = "Is the clock right? If they really are old: `manage.py backup prune --dry-run`, then `backup prune --many`."


@dataclass(frozen=True)
class Pruned:
    """What was deleted, or would be; why nothing was; what other places keep, and why."""

    deleted: list[str]
    uploads: int
    because: str = ""
    kept: tuple[str, ...] = ()


def expired(good: Iterable[sets.Set], now: datetime) -> list[sets.Set]:
    """Return the sets that nothing keeps, newest first.

    A set with the database keeps a day, week or month only for its own kind, so that a backup of uploads never
    takes the place of one of the database.
    """
    newest_first = sorted(good, key=lambda one: one.made_at, reverse=True)
    kept: set[str] = set()
    for kind in {one.manifest.kind for one in newest_first}:
        of_kind = [one for one in newest_first if one.manifest.kind == kind]
        kept.update(one.id for one in of_kind[:KEPT_NEWEST])
        kept.update(one.id for one in [one for one in of_kind if one.verified_at][:KEPT_VERIFIED])
        firsts: dict[tuple[str, str], str] = {}
        for one in reversed(of_kind):
            age = now - one.made_at
            if age <= DAILY:
                kept.add(one.id)
            if age <= WEEKLY:
                firsts.setdefault(("week", f"{one.made_at:%G-%V}"), one.id)
            if age <= MONTHLY:
                firsts.setdefault(("month", f"{one.made_at:%Y-%m}"), one.id)
        kept.update(firsts.values())
    return [one for one in newest_first if one.id not in kept]


def prune(*, actor: Any, dry_run: bool = False, many: bool = False) -> Pruned:
    """Delete what is expired, in all places, and uploads that no set needs.

    Nothing is deleted while the newest backups fail or no set was ever verified: what is old may be all there is.
    Nothing either, unless ``many``, when most sets would go at once: then the clock is wrong rather than they are old.
    """
    del actor  # the history of backups has no row for this; the sets that are left tell
    configuration = configurations.current()
    with locking.alone(configuration, what="the deletion of old backups"), files.private():
        good, broken = sets.all_of(configuration)
        if reason := _reason_to_wait(good, broken):
            return Pruned([], 0, reason)
        leaving = expired(good, timezone.now())
        gone = [one.id for one in leaving]
        if dry_run:
            return Pruned(gone, 0)
        if not many and len(leaving) > MANY and 2 * len(leaving) > len(good):
            return Pruned([], 0, f"{len(leaving)} of {len(good)} sets would go at once. {_ASK}")
        for one in leaving:
            _delete(configuration, one)
        needed = _needed(configuration, [one for one in good if one not in leaving], broken)
        spare = (
            [] if needed is None else [path for path in configuration.objects.glob("*/*") if path.name not in needed]
        )
        for path in spare:
            path.unlink()
        return Pruned(gone, len(spare), "", tuple(_forget(configuration, gone, needed)))


def _forget(configuration: Configuration, gone: list[str], needed: set[str] | None) -> list[str]:
    """Delete at the other places what is deleted here, now or at a time when one of them was away or refused."""
    if not configuration.remotes:
        return []
    owed = configuration.folder / OWED
    before = json.loads(owed.read_text()) if owed.exists() else []
    there = places.look(configuration)
    oldest = f"{timezone.now() - MONTHLY:%Y%m%dT%H%M%SZ}"  # too old for any rule, though no set here
    found = {name for names in there.sets.values() for name in names if name < oldest} - set(sets.ids(configuration))
    kept, still = places.forget(configuration, there, sorted({*before, *gone, *found}), needed)
    files.write(owed, json.dumps(sorted(still)).encode())
    return there.warnings + kept


def _reason_to_wait(good: list[sets.Set], broken: list[sets.Broken]) -> str:
    last = BackupRecord.objects.filter(kind__in=BackupRecord.BACKUPS).exclude(state="running").first()
    if last and last.state == BackupRecord.State.FAILED:
        return "The last backup failed: nothing is deleted until one succeeds."
    if not any(one.verified_at for one in good):
        return "No set was ever verified: nothing is deleted until one is (`manage.py backup verify latest`)."
    if good and broken and max(one.id for one in broken) > good[0].id:
        return f"The newest set is broken ({broken[0].reason}): nothing is deleted until a newer one is good."
    return ""


def _delete(configuration: Configuration, one: sets.Set) -> None:
    """Take its name first: a set that is half deleted must not look like one."""
    half = configuration.sets / f"{one.id}.part"
    one.folder.rename(half)
    files.empty(half)
    half.rmdir()


def _needed(configuration: Configuration, left: list[sets.Set], broken: list[sets.Broken]) -> set[str] | None:
    """Return the names of uploads that sets need. None without the key to read a list, or with a broken set."""
    with_media = [one for one in left if one.manifest.media]
    sealed = any(one.manifest.sealed for one in with_media)
    if broken or (sealed and not (configuration.identity_file and configuration.identity_file.exists())):
        return None
    keys = sealing.identities(configuration) if sealed else []
    needed: set[str] = set()
    for one in with_media:
        ending = sealing.ENDING if one.manifest.sealed else ""
        content = sealing.read(one.folder / (media.LIST + ending), keys, configuration.work)
        needed.update(kept.sha256 + ending for kept in media.from_bytes(content).values())
    return needed
