import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache

from tests.ecommerce.buying import open_numbers
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


@pytest.fixture
def packer(db):
    """Processes orders, and refunds none."""
    return staff_with("packer", "process_order")


@pytest.fixture
def refunder(db):
    """Processes and refunds orders."""
    return staff_with("refunder", "process_order", "refund_order")


@pytest.fixture
def mim(db):
    return make_user("mim")


@pytest.fixture
def numbers(db):
    """The shop has numbers that money can be sent to."""
    open_numbers()
