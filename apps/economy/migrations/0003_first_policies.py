"""What is paid until staff say otherwise."""

from typing import Any

from django.db import migrations

POLICIES = [
    ("participation", 20, 10, "week"),
    ("top4", 100, 5, "week"),
    ("runner_up", 250, 5, "week"),
    ("winner", 500, 5, "week"),
    ("profile_completed", 50, 1, "ever"),
    ("email_verified", 25, 1, "ever"),
    ("first_team", 50, 1, "ever"),
    ("weekly_top_ten", 100, 1, "week"),
    ("review_written", 10, 5, "month"),
]


def add(apps: Any, schema_editor: Any) -> None:
    policy = apps.get_model("economy", "CoinPolicy")
    policy.objects.bulk_create(
        policy(rule=rule, amount=amount, cap=cap, window=window) for rule, amount, cap, window in POLICIES
    )


class Migration(migrations.Migration):
    dependencies = [("economy", "0002_held_by_the_database")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
