"""Pictures that wait for their form."""

import pytest
from django.core import signing

from apps.common import images
from apps.common.images import staging
from tests.common import pictures


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def make(purpose="avatar"):
    return images.process(pictures.as_file(pictures.halves((1280, 720)), "x.png"), purpose=purpose)


def test_a_kept_picture_comes_back_as_it_was():
    picture = make()
    kept = staging.stage(picture, owner="7")

    assert staging.staged(kept.token, purpose="avatar", owner="7") == picture


@pytest.mark.parametrize(
    ("owner", "purpose", "change"),
    [
        ("8", "avatar", str),
        ("7", "team_logo", str),
        ("7", "avatar", lambda token: token[:-1] + ("A" if token[-1] != "A" else "B")),
        ("7", "avatar", lambda token: ""),
        ("7", "avatar", lambda token: signing.dumps("avatar/00/secret")),
    ],
)
def test_it_comes_back_to_its_owner_for_its_purpose_only(owner, purpose, change):
    kept = staging.stage(make(), owner="7")

    assert staging.staged(change(kept.token), purpose=purpose, owner=owner) is None


def test_an_old_token_is_worth_nothing_before_its_files_are_removed(monkeypatch):
    kept = staging.stage(make(), owner="7")
    assert images.orphans.GRACE.total_seconds() > staging.SECONDS
    monkeypatch.setattr(staging, "SECONDS", -1)

    assert staging.staged(kept.token, purpose="avatar", owner="7") is None


def test_files_that_are_gone_are_told_as_nothing(tmp_path):
    kept = staging.stage(make(), owner="7")
    next(tmp_path.rglob("*-64.webp")).unlink()

    assert staging.staged(kept.token, purpose="avatar", owner="7") is None
