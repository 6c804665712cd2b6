"""What we hold about somebody, in one ZIP of JSON."""

import io
import json
import zipfile

import pytest
from django.test import Client

from apps.accounts.personal_data import write_export
from apps.core import slots
from apps.core.models import AuditEvent

from .conftest import PASSWORD


def files_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def download(client):
    response = client.post("/accounts/data/download/")
    return response, b"".join(response.streaming_content) if response.streaming else b""


@pytest.fixture
def inside(client, user, log_in):
    log_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_the_file_holds_the_account_and_no_secret(inside, user, second_factor):
    second_factor(user)
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response, content = download(inside)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith('attachment; filename="deltacrown-rafi-')
    files = files_of(content)
    [account] = files["account.json"]
    assert (account["username"], account["email"]) == ("rafi", "rafi@example.test")
    assert files["email_addresses.json"] == [{"email": "rafi@example.test", "verified": True, "primary": True}]
    assert [row["type"] for row in files["second_factors.json"]] == ["totp", "recovery_codes"]
    assert len(files["sessions.json"]) == 1
    assert files["about.json"]["files"]["account"] == 1
    everything = json.dumps(files)
    for secret in (user.password, "gAAAA", "session_key"):
        assert secret not in everything
    assert AuditEvent.objects.filter(action="account.data_exported", actor_id=user.pk).count() == 1


def test_it_asks_for_the_password_first_and_then_gives_the_file(client, user, log_in):
    log_in(client, user)
    stored = client.session
    stored.pop("account_authentication_methods", None)
    stored.save()
    response, _ = download(client)
    assert response.status_code == 302
    resumed = client.post(response.url, {"password": PASSWORD})
    assert resumed["Content-Type"] == "application/zip"


def test_a_stranger_and_a_plain_link_get_nothing(inside):
    assert Client().post("/accounts/data/download/").status_code == 302
    assert inside.get("/accounts/data/download/").status_code == 405


def test_five_times_a_day_is_enough(inside):
    codes = []
    for _ in range(6):
        response, _content = download(inside)
        codes.append(response.status_code)
    assert codes == [200] * 5 + [429]


def test_other_apps_add_theirs_and_two_may_not_use_one_name(user, monkeypatch):
    monkeypatch.setattr(slots, "_slots", {name: set(fillings) for name, fillings in slots._slots.items()})
    slots.register("personal_data", lambda person: {"dreams": [{"of": person.username}]})
    assert files_of(write_export(user).read())["dreams.json"] == [{"of": "rafi"}]

    def greedy(person):
        return {"account": []}

    slots.register("personal_data", greedy)
    with pytest.raises(ValueError, match="account"):
        write_export(user)
