"""What sending costs until staff say otherwise: ৳60 within Dhaka, ৳120 elsewhere."""

from typing import Any

from django.db import migrations


def add(apps: Any, schema_editor: Any) -> None:
    zone = apps.get_model("ecommerce", "ShippingZone")
    dhaka = zone.objects.create(name="Dhaka", price_poisha=6_000, days="1–2 days")
    zone.objects.create(name="Outside Dhaka", price_poisha=12_000, days="3–5 days", is_rest=True)
    apps.get_model("ecommerce", "ZoneDistrict").objects.create(zone=dhaka, code="dhaka")


class Migration(migrations.Migration):
    dependencies = [("ecommerce", "0005_addresses_and_zones")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
