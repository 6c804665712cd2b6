import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache

from tests.ecommerce.shop import Shop
from tests.teams.people import make_user


@pytest.fixture(autouse=True)
def fresh_limits():
    """Each test starts with nothing counted against anyone."""
    cache.clear()


@pytest.fixture
def rafi(db):
    return make_user("rafi")


def staff_with(username, *codenames):
    user = make_user(username, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="ecommerce", codename__in=codenames))
    return user


@pytest.fixture
def keeper(db):
    """Keeps the catalogue, publishes, and counts the stock."""
    return staff_with("keeper", "view_product", "add_product", "change_product", "publish_product", "change_stock")


@pytest.fixture
def clerk(db):
    """Keeps the catalogue, and neither publishes nor counts."""
    return staff_with("clerk", "view_product", "add_product", "change_product")


@pytest.fixture
def shop(keeper):
    return Shop(keeper)
