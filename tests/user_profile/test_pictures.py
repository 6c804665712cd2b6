"""Avatar and banner: files and row agree, whatever happens between."""

import pytest
from django.db import transaction

from apps.core.models import AuditEvent
from apps.user_profile import services
from apps.user_profile.models import UserProfile
from tests.common import pictures
from tests.user_profile.people import person, processed, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def rafi():
    return person("rafi")


def test_a_picture_is_stored_in_its_sizes_under_a_name_nobody_chose(rafi, stored_files):
    services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    avatar = UserProfile.objects.get(user=rafi).avatar
    assert stored_files() == sorted(f"{avatar}-{width}.webp" for width in (64, 128, 256))
    folder, shelf, token = avatar.split("/")
    assert (folder, shelf, len(token)) == ("avatar", token[:2], 32)
    assert AuditEvent.objects.get().action == "profile.picture_changed"


def test_a_new_picture_takes_the_old_files_away_once_it_is_committed(
    rafi, stored_files, django_capture_on_commit_callbacks
):
    services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    old = stored_files()
    with django_capture_on_commit_callbacks(execute=True):
        services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar", color="#0000ff"))
        assert set(old) < set(stored_files())
    assert len(stored_files()) == 3
    assert not set(old) & set(stored_files())


def test_a_refused_change_leaves_no_new_file_and_keeps_the_old(rafi, stored_files, monkeypatch):
    services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    before = (stored_files(), UserProfile.objects.get(user=rafi).avatar)

    def fail(**kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr("apps.core.audit.record", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar", color="#0000ff"))
    assert (stored_files(), UserProfile.objects.get(user=rafi).avatar) == before


def test_removing_a_picture_takes_its_files_away(rafi, stored_files, django_capture_on_commit_callbacks):
    services.set_banner(actor=rafi, profile_id=rafi.profile.pk, image=processed("banner"))
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_picture(actor=rafi, profile_id=rafi.profile.pk, picture="banner")
    assert (stored_files(), UserProfile.objects.get(user=rafi).banner) == ([], "")
    services.remove_picture(actor=rafi, profile_id=rafi.profile.pk, picture="banner")
    assert AuditEvent.objects.filter(action="profile.picture_removed").count() == 1


def test_an_image_made_for_another_purpose_is_a_mistake(rafi):
    with pytest.raises(ValueError, match="processed as banner can't be used as avatar"):
        services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("banner"))


def test_a_lost_file_does_not_stop_a_new_picture(rafi, stored_files, tmp_path, django_capture_on_commit_callbacks):
    services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    for path in (tmp_path / "media").rglob("*.webp"):
        path.unlink()
    with django_capture_on_commit_callbacks(execute=True):
        services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    assert len(stored_files()) == 3


def test_the_page_shows_the_picture_in_the_size_it_needs(client, rafi):
    services.set_avatar(actor=rafi, profile_id=rafi.profile.pk, image=processed("avatar"))
    services.set_banner(actor=rafi, profile_id=rafi.profile.pk, image=processed("banner"))
    profile = UserProfile.objects.get(user=rafi)
    page = client.get("/u/rafi/").content.decode()
    assert profile.avatar.url(256) in page
    assert f'src="{profile.banner.url(1280)}"' in page
    assert f'<meta property="og:image" content="http://testserver{profile.avatar.url(256)}">' in page


def test_a_picture_is_changed_on_the_page(client, rafi, stored_files):
    client.force_login(rafi)
    answer = client.post(
        "/me/pictures/avatar/", {"avatar-image": upload(), "avatar-focus_x": "0", "avatar-focus_y": "50"}, follow=True
    )
    assert answer.redirect_chain == [("/me/pictures/", 302)]
    assert "Picture saved." in answer.content.decode()
    assert len(stored_files()) == 3
    client.post("/me/pictures/avatar/remove/")
    assert UserProfile.objects.get(user=rafi).avatar == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pictures.gif_with_js(), "This is a GIF."),
        (pictures.png_claiming(30_000, 30_000), "more than the 25 megapixels we can take"),
        (pictures.png_with_zip(), "Something other than a picture"),
        (b"<svg xmlns='x'/>", "SVG drawings are not taken."),
        (b"", "The file is empty."),
        (b"\0" * (9 * 1024 * 1024), "The file is larger than 8 MB."),
    ],
    ids=["gif", "bomb", "polyglot", "svg", "empty", "heavy"],
)
def test_a_refused_upload_is_explained_at_the_field_and_nothing_is_stored(client, rafi, stored_files, content, reason):
    client.force_login(rafi)
    sent = pictures.as_file(content, "me.png")
    page = client.post("/me/pictures/avatar/", {"avatar-image": sent, "avatar-focus_x": 0, "avatar-focus_y": 100})
    html = page.content.decode()
    assert reason in html
    assert 'aria-invalid="true"' in html
    assert 'value="100"' in html  # what was chosen stays
    assert (stored_files(), UserProfile.objects.get(user=rafi).avatar) == ([], "")


@pytest.mark.parametrize(("x", "expected"), [("0", (255, 0, 0)), ("100", (0, 0, 255)), ("rubbish", None)])
def test_the_focus_of_the_page_reaches_the_crop(client, rafi, tmp_path, x, expected):
    from PIL import Image

    client.force_login(rafi)
    sent = pictures.as_file(pictures.halves((1200, 400)), "x.png")
    client.post("/me/pictures/avatar/", {"avatar-image": sent, "avatar-focus_x": x, "avatar-focus_y": "50"})
    avatar = UserProfile.objects.get(user=rafi).avatar
    if expected is None:
        assert avatar == ""
        return
    with Image.open(tmp_path / "media" / avatar.file_name(64)) as image:
        pixel = image.convert("RGB").getpixel((32, 32))
    assert all(abs(a - b) < 15 for a, b in zip(pixel, expected, strict=True))


def test_sending_no_file_says_so(client, rafi):
    client.force_login(rafi)
    page = client.post("/me/pictures/banner/", {"banner-focus_x": 50, "banner-focus_y": 50})
    assert "Choose a picture first." in page.content.decode()
