import pytest
from django.core.cache import cache

from apps.teams.models.ranking import RankingCriteria
from tests.teams.people import make_team, make_user


@pytest.fixture(autouse=True)
def fresh_limits():
    """Each test starts with nothing counted against anyone."""
    cache.clear()


@pytest.fixture
def standard_criteria(db):
    """The weights that a migration wrote. A test that empties all tables takes them from those that follow it."""
    RankingCriteria.objects.get_or_create(name="Standard", defaults={"is_active": True})


@pytest.fixture
def rafi(db):
    """Captain of Dhaka Wolves."""
    return make_user("rafi")


@pytest.fixture
def mim(db):
    """Plays nowhere yet."""
    return make_user("mim")


@pytest.fixture
def wolves(rafi):
    return make_team("Dhaka Wolves", captain=rafi, tag="DW", slug="dhaka-wolves")


@pytest.fixture
def published(monkeypatch):
    """What was published, in order. Call it."""
    from apps.core import events

    seen = []
    monkeypatch.setattr(events, "publish", seen.append)
    return lambda: seen


@pytest.fixture
def recorded(monkeypatch):
    """The actions that were written to the audit trail, in order. Call it."""
    from apps.core import audit

    seen = []
    real = audit.record

    def record(**facts):
        seen.append(facts["action"])
        return real(**facts)

    monkeypatch.setattr(audit, "record", record)
    return lambda: seen


@pytest.fixture
def enqueued(monkeypatch):
    """The jobs that were started, in order, as (name, arguments). Call it."""
    from apps.core import jobs

    seen = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, **args: seen.append((name, args)))
    return lambda: seen
