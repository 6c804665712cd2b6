from django.db import migrations

BATCH = 1000


def fill(apps, schema_editor):
    """Write what is known of memberships from before the history: when they began and ended, in their last role."""
    membership = apps.get_model("teams", "TeamMembership")
    change = apps.get_model("teams", "RosterChange")
    ended = {"inactive": "left", "banned": "banned"}

    def step(row, **facts):
        return change(
            team_id=row.team_id,
            profile_id=row.profile_id,
            membership_id=row.pk,
            role=row.role,
            in_game_role=row.in_game_role,
            **facts,
        )

    rows = membership.objects.filter(roster_changes__isnull=True).order_by("pk")
    batch = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(step(row, kind="joined", status="active", at=row.joined_at))
        if row.left_at:
            batch.append(step(row, kind=ended[row.status], status=row.status, at=row.left_at))
        if len(batch) >= BATCH:
            change.objects.bulk_create(batch)
            batch = []
    change.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_roster_history_and_transfers")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
