"""The team's Discord channels: the captain's, and members' where the settings are open to them."""

from apps.notifications.services import add_webhook
from tests.notifications.fake_discord import url
from tests.teams.matrix.row import Row
from tests.teams.matrix.who import NOBODY, WITH_OWN_FLAG


def furnish(place):
    owner = f"teams.team:{place.team.pk}"
    place.channel = add_webhook(actor=place.people["captain"], owner=owner, url=url(), name="#news")


def the_channel(place):
    return [place.team.slug, place.channel.pk]


ROWS = [
    Row("get", "discord", WITH_OWN_FLAG),
    Row("post", "add_discord", WITH_OWN_FLAG, ok=302, data={"name": "#team", "url": url(1)}),
    # There is no internet in the tests, so a test of the channel changes nothing.
    Row("post", "test_discord", WITH_OWN_FLAG, ok=302, changes=NOBODY, args=the_channel),
    Row("post", "choose_discord", WITH_OWN_FLAG, ok=302, args=the_channel),
    Row("post", "remove_discord", WITH_OWN_FLAG, ok=302, args=the_channel),
]
