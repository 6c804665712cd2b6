"""Acts on money that are killed between two statements: nothing half done, and done again they end the same.

Six statements of each act; ``python -m drills.store --only kill-…`` kills a real process at every one.
"""

import pytest
from django.db import connection

from apps.economy.selectors.proof import prove
from drills.store.kills import Stage
from drills.store.shop import wrong
from tests.once import Killed, _counted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one connection here"),
]
KILLS = 6


@pytest.mark.parametrize("act", ["checkout", "payment", "cancel", "expiry", "refund"])
def test_killed_anywhere_it_is_done_wholly_or_not_at_all(act):
    stage = Stage()
    for step in getattr(stage, act)().steps:
        step()  # once before counting: the first asks for what is remembered afterwards, such as content types
    whole = getattr(stage, act)()
    passed, statements = [whole.end()], 0
    for step in whole.steps:
        with _counted() as count:
            step()
        statements += count.statements
        passed.append(whole.end())
    assert len(set(map(repr, passed))) == len(passed), "a step that changes nothing proves nothing"

    for statement in range(2, statements, max(1, statements // KILLS)):
        scene = getattr(stage, act)()
        with pytest.raises(Killed), _counted(limit=statement):
            scene.act()
        connection.close()  # the server rolls back what was not committed
        assert scene.end() in passed, f"killed at statement {statement} of {statements}"
        assert list(wrong(scene.user)) == []
        scene.act()
        assert scene.end() == passed[-1], f"done again after statement {statement} of {statements}"
    assert prove().count == 0
