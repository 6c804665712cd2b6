"""What happened to an order is written once. SQLite drops triggers with a table that it rebuilds: repeat them then."""

from django.db import migrations

from apps.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("ecommerce", "0003_orders")]

    operations = [*append_only("ecommerce_orderevent")]
