"""Many made-up notifications, of which one in five is unread."""

from django.db import connection

from apps.accounts.models import User
from apps.core.scale import Made, Plan, analyze
from apps.notifications.models import Notification

EACH = 10  # 1,000,000 for the 100,000 people of a whole scene
_NOTIFICATION = Notification._meta.db_table
_USER = User._meta.db_table
# Columns with a default of the database are left to it.
INSERT = f"""
INSERT INTO {_NOTIFICATION}
    (recipient_id, address, type, subject, title, body, url, context, fingerprint, batch, in_app, read_at, created_at)
SELECT u.id, '', CASE n %% 2 WHEN 0 THEN 'economy.coins_in' ELSE 'players.followed' END, '',
    CASE n %% 2 WHEN 0 THEN n * 5 || ' DC for you' ELSE 'Rafi ' || n || ' follows you' END,
    'Made up, to see long lists.', '/notifications/', '{{}}', %(mark)s || ':' || n, md5(u.id::text || n)::uuid, true,
    CASE WHEN (u.id + n) %% 5 > 0 THEN %(now)s::timestamptz - make_interval(hours => n * 7) END,
    %(now)s::timestamptz - make_interval(hours => n * 9, mins => (u.id %% 500)::int)
FROM {_USER} u, generate_series(1, %(each)s) n
WHERE u.username ~ %(names)s
ORDER BY n, u.id
"""  # noqa: S608 - our own tables


def load(plan: Plan) -> Made:
    """Give each of the load's players ten notifications of the last four days."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {"mark": plan.mark, "now": plan.now, "each": EACH, "names": rf"^{plan.mark}\d+$"})
        count = cursor.rowcount
    analyze(_NOTIFICATION)
    return {"notifications": count}
