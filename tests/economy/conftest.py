import pytest
from django.core.cache import cache

from tests.teams.people import make_user


@pytest.fixture(autouse=True)
def fresh_limits():
    """Each test starts with nothing counted against anyone."""
    cache.clear()


@pytest.fixture
def rafi(db):
    return make_user("rafi")


@pytest.fixture
def mim(db):
    return make_user("mim")


@pytest.fixture
def nadia(db):
    """May change balances by hand."""
    return make_user("nadia", is_staff=True, is_superuser=True)


@pytest.fixture
def sadia(db):
    """The second person."""
    return make_user("sadia", is_staff=True, is_superuser=True)
