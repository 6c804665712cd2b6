"""What a day costs until staff say otherwise, in DC."""

from typing import Any

from django.db import migrations

PLACES = [("homepage", 50, 3, 14), ("team_hub", 30, 3, 14), ("spotlight", 150, 2, 7)]


def add(apps: Any, schema_editor: Any) -> None:
    place = apps.get_model("teams", "PromotionPlace")
    place.objects.bulk_create(
        [place(kind=kind, price_per_day=price, slots=slots, longest=longest) for kind, price, slots, longest in PLACES],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("teams", "0020_booked_promotions")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
