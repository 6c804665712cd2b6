"""Points are written once. SQLite drops triggers with a table that it rebuilds: repeat them then."""

from typing import Any

from django.db import migrations

from apps.core.append_only import append_only


def add(apps: Any, schema_editor: Any) -> None:
    """The first programme, until staff say otherwise: a point for ৳100, worth ৳1."""
    program = apps.get_model("ecommerce", "LoyaltyProgram").objects.create(name="Delta points", is_active=True)
    tier = apps.get_model("ecommerce", "LoyaltyTier")
    for name, from_points, percent in (("Stream", 0, 100), ("River", 200, 125), ("Delta", 1_000, 150)):
        tier.objects.create(program=program, name=name, from_points=from_points, percent=percent)


class Migration(migrations.Migration):
    dependencies = [("ecommerce", "0007_coupons_points_reviews")]

    operations = [*append_only("ecommerce_loyaltyentry"), migrations.RunPython(add, migrations.RunPython.noop)]
