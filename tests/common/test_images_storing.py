"""Files without a row, and pictures in templates."""

import os
import time

import pytest
from django.core.management import call_command
from django.template import Context, Template

from apps.accounts.models import User
from apps.common import images
from apps.common.images import storing
from tests.common import pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def written(media):
    return sorted(str(path.relative_to(media)) for path in media.rglob("*.webp"))


def make(color="#cc3322"):
    return images.process(pictures.as_file(pictures.halves(left=color), "../../../x.html"), purpose="avatar")


def age(media, days):
    for path in media.rglob("*.webp"):
        os.utime(path, (time.time() - days * 86_400,) * 2)


def test_a_block_that_fails_leaves_no_file(media):
    seen = []

    def fail():
        seen.extend(written(media))
        raise RuntimeError

    with pytest.raises(RuntimeError), images.writing(make()):
        fail()
    assert (len(seen), written(media)) == (3, [])


def test_a_storage_that_is_slow_keeps_nobody_waiting_for_file_after_file(media, monkeypatch):
    monkeypatch.setattr(storing, "WRITE_FOR", -1.0)
    with pytest.raises(images.StorageTooSlow), images.writing(make()):
        pytest.fail("the block ran without its files")
    monkeypatch.undo()
    with images.writing(make()) as stored:
        pass
    monkeypatch.setattr(storing, "DELETE_FOR", -1.0)
    images.delete_files(stored.file_names)
    assert len(written(media)) == 3  # left to prune_images, as all that nothing refers to


def test_a_storage_that_is_away_is_asked_once_and_no_second_time(media, monkeypatch):
    asked = []

    def away(name, *content):
        asked.append(name)
        raise ConnectionError

    with images.writing(make()) as stored:
        pass
    monkeypatch.setattr(storing.default_storage, "delete", away)
    images.delete_files(stored.file_names)
    assert len(asked) == 1
    monkeypatch.setattr(storing.default_storage, "save", away)
    with pytest.raises(ConnectionError), images.writing(make()):
        pytest.fail("the block ran without its files")
    assert len(asked) == 2


def test_two_uploads_never_share_a_name(media):
    with images.writing(make()) as one, images.writing(make()) as other:
        assert one != other
    assert len(written(media)) == 6


def test_orphans_of_yesterday_are_pruned_and_living_or_young_files_stay(media, capsys):
    user = User.objects.create_user("rafi", "rafi@example.test", "x")
    with images.writing(make()) as kept:
        user.profile.avatar = kept
        user.profile.save()
    with images.writing(make()) as orphan:
        pass
    age(media, days=2)
    with images.writing(make()) as young:
        pass
    call_command("prune_images")
    assert "3 orphaned image files found (run again with --delete)." in capsys.readouterr().out
    assert len(written(media)) == 9
    call_command("prune_images", "--delete")
    assert {name.rpartition("-")[0] for name in written(media)} == {kept, young}
    assert orphan not in {kept, young}


def test_an_image_knows_the_address_for_a_width(media):
    with images.writing(make()) as image:
        base = f"/media/{image}"
    assert [image.url(width) for width in (0, 64, 65, 200, 9999)] == [
        f"{base}-64.webp",
        f"{base}-64.webp",
        f"{base}-128.webp",
        f"{base}-256.webp",
        f"{base}-256.webp",
    ]
    assert image.srcset == f"{base}-64.webp 64w, {base}-128.webp 128w, {base}-256.webp 256w"


def test_no_image_has_no_address_and_no_markup():
    nothing = User.objects.create_user("rafi", "rafi@example.test", "x").profile.avatar
    assert (bool(nothing), nothing.url(64), nothing.srcset, nothing.file_names) == (False, "", "", [])
    assert Template("{% load images %}{% picture image sizes='64px' %}").render(Context({"image": nothing})) == ""


def test_the_tag_escapes_what_it_is_given(media):
    with images.writing(make()) as image:
        pass
    html = Template("{% load images %}{% picture image sizes='64px' alt=alt %}").render(
        Context({"image": image, "alt": '"><script>'})
    )
    assert 'alt="&quot;&gt;&lt;script&gt;"' in html
    assert f'srcset="{image.srcset}"' in html
    assert 'width="256" height="256"' in html


def test_the_column_survives_a_round_trip_and_deferred_loading():
    user = User.objects.create_user("rafi", "rafi@example.test", "x")
    model = type(user.profile)
    model.objects.filter(pk=user.profile.pk).update(avatar="avatar/ab/abc")
    assert model.objects.get(avatar="avatar/ab/abc").avatar.purpose.name == "avatar"
    deferred = model.objects.defer("avatar").get(pk=user.profile.pk)
    assert deferred.avatar.url(64) == "/media/avatar/ab/abc-64.webp"
