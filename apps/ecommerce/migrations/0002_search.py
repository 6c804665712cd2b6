"""The index of the search. SQLite has no trigrams: there the search reads all rows, which are few."""

from django.db import migrations

from apps.core.append_only import VendorSQL


class Migration(migrations.Migration):
    dependencies = [("ecommerce", "0001_catalogue")]

    operations = [
        VendorSQL(
            vendor="postgresql",
            sql=[
                "CREATE EXTENSION IF NOT EXISTS pg_trgm",
                "CREATE INDEX ecommerce_product_search ON ecommerce_product USING gin (search_text gin_trgm_ops)",
            ],
            # The extension stays: another app may have come to use it.
            reverse_sql=["DROP INDEX ecommerce_product_search"],
        )
    ]
