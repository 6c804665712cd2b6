"""The counter of members on SQLite, after all that rebuilds the table of teams.

SQLite renames a table only while no trigger names it. A later migration that alters teams_team drops these triggers
first and repeats this operation.
"""

from django.db import migrations

from apps.core.append_only import VendorSQL

ONE_MORE = "UPDATE teams_team SET member_count = member_count + 1 WHERE id = NEW.team_id;"
ONE_LESS = "UPDATE teams_team SET member_count = member_count - 1 WHERE id = OLD.team_id;"
SQLITE_TRIGGERS = {
    "insert": f"AFTER INSERT ON teams_teammembership WHEN NEW.status = 'active' BEGIN {ONE_MORE} END",
    "delete": f"AFTER DELETE ON teams_teammembership WHEN OLD.status = 'active' BEGIN {ONE_LESS} END",
    "seated": "AFTER UPDATE OF status ON teams_teammembership "
    f"WHEN NEW.status = 'active' AND OLD.status <> 'active' BEGIN {ONE_MORE} END",
    "unseated": "AFTER UPDATE OF status ON teams_teammembership "
    f"WHEN NEW.status <> 'active' AND OLD.status = 'active' BEGIN {ONE_LESS} END",
}


class Migration(migrations.Migration):
    dependencies = [("teams", "0018_board")]

    operations = [
        VendorSQL(
            vendor="sqlite",
            sql=[
                *(f"DROP TRIGGER IF EXISTS teams_count_members_{name}" for name in SQLITE_TRIGGERS),
                *(f"CREATE TRIGGER teams_count_members_{name} {event}" for name, event in SQLITE_TRIGGERS.items()),
                "UPDATE teams_team SET member_count = (SELECT count(*) FROM teams_teammembership m "
                "WHERE m.team_id = teams_team.id AND m.status = 'active')",
            ],
            reverse_sql=[f"DROP TRIGGER teams_count_members_{name}" for name in SQLITE_TRIGGERS],
        ),
    ]
