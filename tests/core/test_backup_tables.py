"""Rows of single tables come back without harm to what is there; the ledger and other chains never do."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from apps.core.backups import beside, servers
from apps.core.models import AuditEvent, BackupRecord
from tests.core.backup_case import places, run

__all__ = ["places"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_missing_rows_come_back_and_changed_ones_only_when_asked(places: Path) -> None:
    deleted, renamed = Group.objects.create(name="deleted"), Group.objects.create(name="as it was")
    made = run("backup", "database")["id"]
    number = deleted.pk
    deleted.delete()
    Group.objects.filter(pk=renamed.pk).update(name="renamed since")
    Group.objects.create(name="new since")

    assert run("restore", made, "--tables", "auth_group")["tables"] == {"auth_group": {"added": 1, "changed": 0}}
    assert set(Group.objects.values_list("name", flat=True)) == {"deleted", "renamed since", "new since"}
    record = BackupRecord.objects.get(kind="tables")
    assert (record.state, record.set_id) == ("succeeded", made)
    event = AuditEvent.objects.get(action="backup.tables_restored")
    assert event.new == {"auth_group": {"added": 1, "changed": 0}}

    told = run("restore", made, "--tables", "auth_group", "--replace")["tables"]
    assert told == {"auth_group": {"added": 0, "changed": 1}}
    assert set(Group.objects.values_list("name", flat=True)) == {"deleted", "as it was", "new since"}
    assert Group.objects.create(name="the next").pk not in {number, renamed.pk}
    site = servers.live()
    assert not servers.exists(site.server, site.name + "_tables")
    assert beside.old_ones(site) == []


def test_a_row_that_would_point_at_nothing_is_refused_with_the_table_that_is_missing(places: Path) -> None:
    group = Group.objects.create(name="with permission")
    group.permissions.add(Permission.objects.first())
    made = run("backup", "database")["id"]
    group.delete()
    with pytest.raises(
        CommandError, match=r"point by group_id at rows of auth_group that are gone. Name auth_group too"
    ):
        call_command("restore", made, "--tables", "auth_group_permissions")
    assert not Group.permissions.through.objects.exists()
    assert BackupRecord.objects.get(kind="tables").state == "failed"
    told = run("restore", made, "--tables", "auth_group_permissions", "auth_group")["tables"]
    assert [table["added"] for table in told.values()] == [1, 1]
    assert Group.objects.get(name="with permission").permissions.count() == 1


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("economy_deltacrown_transaction", "The ledger is one chain"),
        ("core_auditevent", "The audit trail"),
        ("django_migrations", "It says what this database is"),
        ("economy_wallet", "is not a table of this release"),
    ],
)
def test_some_tables_are_refused_with_the_reason(places: Path, table: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("restore", "latest", "--tables", table)
