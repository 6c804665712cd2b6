"""What other sites show: the card beside a link, and the badge."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from apps.common import share_card
from apps.corelib.rank_badge import rank_badge
from apps.teams.models import Team
from apps.teams.selectors import share_cards
from apps.teams.services.ranking_service import ranking_service
from tests.teams.people import add_member

pytestmark = pytest.mark.django_db
CARD, BADGE = "/teams/dhaka-wolves/card.png", "/teams/dhaka-wolves/badge.svg"


@pytest.fixture
def drawn(monkeypatch):
    """The cards that were drawn, with a plain picture instead of the artwork. Call it."""
    seen = []
    monkeypatch.setattr(share_cards, "draw", lambda card: seen.append(card) or b"picture %d" % len(seen))
    return lambda: seen


def test_the_card_is_a_picture_of_the_size_that_sites_ask_for(client, wolves):
    answer = client.get(CARD)

    image = Image.open(BytesIO(answer.content))
    assert (answer["Content-Type"], image.format, image.size) == ("image/png", "PNG", (1200, 630))
    assert len({image.getpixel((x, 210)) for x in range(72, 312, 4)}) > 3  # the crest
    page = client.get("/teams/dhaka-wolves/").content.decode()
    assert f'<meta property="og:image" content="http://testserver{CARD}">' in page


def test_it_tells_rank_points_and_line_up(client, wolves, mim, drawn):
    add_member(wolves, mim)
    ranking_service.recalculate_all_teams()

    client.get(CARD)

    (card,) = drawn()
    assert card.facts == (("#1", "in Valorant"), ("20", "points"), ("2 of 8", "members"))
    assert card.people == ("rafi", "mim")


def test_it_is_drawn_once_until_something_on_it_changes(client, wolves, mim, drawn):
    first = client.get(CARD)
    assert client.get(CARD).content == first.content
    assert client.get(CARD, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert len(drawn()) == 1

    add_member(wolves, mim)
    second = client.get(CARD, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, second.content, len(drawn())) == (200, b"picture 2", 2)


def test_a_private_team_s_pictures_stay_with_its_members(client, wolves, rafi, drawn):
    Team.objects.update(is_public=False)
    assert {client.get(url).status_code for url in (CARD, BADGE)} == {404}

    client.force_login(rafi)
    assert {client.get(url)["Cache-Control"] for url in (CARD, BADGE)} == {"private, no-store"}
    assert client.get(BADGE)["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_badge_follows_the_rank_and_may_stand_on_other_sites(client, wolves):
    assert "not ranked yet" in client.get(BADGE).content.decode()
    ranking_service.recalculate_all_teams()

    answer = client.get(BADGE)

    drawing = ElementTree.fromstring(answer.content)
    assert drawing.get("aria-label") == "Dhaka Wolves: #1 in Valorant on DeltaCrown"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "public, max-age=900"
    assert "badge.svg" in client.get("/teams/dhaka-wolves/rank/").content.decode()


def test_a_name_can_not_bring_markup_into_the_badge():
    drawing = rank_badge('<"&', "#1", label='"><script>')

    assert ElementTree.fromstring(drawing).get("aria-label") == '"><script>'
    assert "<script" not in drawing


@pytest.mark.parametrize(
    ("text", "readable"), [("Dhaka Wolves", True), ("Évora FC", True), ("পদ্মা টাইগার্স", False), ("竜", False), ("", False)]
)
def test_letters_that_the_face_lacks_are_not_drawn_as_boxes(text, readable):
    assert share_card.readable(text) is readable


def test_a_name_in_another_script_is_drawn_by_its_tag():
    card = share_card.Card("পদ্মা টাইগার্স", "PADMA", "", (), ("নাদিয়া", "rafi"))
    same = share_card.Card("PADMA", "PADMA", "", (), ("rafi",))

    assert share_card.draw(card) == share_card.draw(same)
