"""Backups in the admin: read on a phone, a backup and a proof started there, also without scripts."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import BackupRecord
from deltacrown.local.people import WCAG
from tests.core.backup_case import places

__all__ = ["places"]

LIST = "/admin/core/backuprecord/"
SET = "20261129T010000Z-3f2a"


@pytest.fixture
def operator(live_site: Any, places: Any) -> User:
    user = User.objects.create_user("operator", "operator@example.com", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_backuprecord", "run_backup"]))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    now = timezone.now()
    for kind, state, told in (
        ("all", "failed", {"message": "The disk did not take it: No space left on device. Nothing half-made stays."}),
        ("drill", "succeeded", {"message": "143 tables with 81,204 rows as they were, 310 uploads as they were."}),
        ("all", "succeeded", {"places": ["folder", "s3", "s3-third"], "size": 48_300_000}),
    ):
        BackupRecord.objects.create(kind=kind, state=state, finished_at=now, set_id=SET, **told)
    return user


def test_a_backup_and_a_proof_are_started_on_a_phone_without_scripts(person: Any, operator: User) -> None:
    phone = person("phone", js=False)
    phone.log_in(operator)
    phone.visit(LIST)
    assert "No space left on device" in phone.page.locator("#result_list").inner_text()
    phone.visit(f"{LIST}make/")
    phone.page.get_by_label("What").select_option("media")
    phone.page.get_by_role("button", name="Make the backup").click()
    assert "The backup is under way as job" in phone.page.locator("body").inner_text()
    made = BackupRecord.objects.first()
    phone.visit(f"{LIST}{made.pk}/prove/")
    phone.page.get_by_role("button", name="Prove it").click()
    assert f"The proof of {made.set_id} is under way" in phone.page.locator("body").inner_text()
    newest = BackupRecord.objects.filter(actor_id=operator.pk).values_list("kind", "state", "set_id")
    assert list(newest) == [("verify", "succeeded", made.set_id), ("media", "succeeded", made.set_id)]


def test_the_pages_are_accessible_and_fit_a_phone(person: Any, operator: User) -> None:
    phone = person("phone")
    phone.log_in(operator)
    newest = BackupRecord.objects.first().pk
    for address in (f"{LIST}{newest}/change/", f"{LIST}make/", f"{LIST}{newest}/prove/"):
        phone.visit(address)
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, address
        # What stands around it is the theme's.
        found = Axe().run(phone.page, context="#content form", options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.response["violations"] == [], address
