"""What holds for all tests."""

from importlib import import_module

import pytest
from channels.layers import channel_layers
from django.apps import apps
from django.db.models.signals import post_migrate
from playwright.sync_api import expect

from apps.ecommerce.models import LoyaltyProgram, ShippingZone
from apps.economy.models import CoinPolicy
from apps.teams.models import RankingCriteria

# A push that a busy machine drops is made up for by the page's next heartbeat, within three quarters of a minute.
expect.set_options(timeout=60_000)

# Many tests make groups of their own and count them; tests/accounts/test_groups.py makes those of staff itself.
post_migrate.disconnect(dispatch_uid="accounts.give_rights")


@pytest.fixture(autouse=True)
def channel_layer_of_its_own():
    """A layer keeps locks of the event loop it was used in. Loops end with their tests, so layers do too."""
    channel_layers.backends.clear()


@pytest.fixture(autouse=True)
def rows_that_migrations_wrote(request):
    """Put back what a test that empties all tables took from those that follow it in its process."""
    uses = {"db", "transactional_db"} & set(request.fixturenames)
    if request.node.get_closest_marker("django_db") is None and not uses:
        return
    request.getfixturevalue("_django_db_helper")
    if not CoinPolicy.objects.exists():
        import_module("apps.economy.migrations.0003_first_policies").add(apps, None)
    if not RankingCriteria.objects.exists():
        RankingCriteria.objects.create(name="Standard", is_active=True)
    if not ShippingZone.objects.exists():
        import_module("apps.ecommerce.migrations.0006_first_zones").add(apps, None)
    if not LoyaltyProgram.objects.exists():
        import_module("apps.ecommerce.migrations.0008_points_stay").add(apps, None)
