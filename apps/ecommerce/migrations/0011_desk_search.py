"""The indexes of the order desk's search. SQLite has no trigrams: there the search reads all rows, which are few."""

from django.db import migrations

from apps.core.append_only import VendorSQL

ORDERS = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ecommerce_order_search ON ecommerce_order USING gin "
    "(number gin_trgm_ops, phone gin_trgm_ops, lower(contact_name) gin_trgm_ops, lower(email) gin_trgm_ops)"
)
PAYMENTS = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ecommerce_payment_trx_search ON ecommerce_payment (lower(trx_id)) "
    "WHERE trx_id <> ''"
)


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds an index beside the running shop only outside a transaction

    dependencies = [("ecommerce", "0010_orders_complete_by_themselves")]

    operations = [
        VendorSQL(
            vendor="postgresql",
            sql=[ORDERS, PAYMENTS],
            reverse_sql=[
                "DROP INDEX CONCURRENTLY IF EXISTS ecommerce_payment_trx_search",
                "DROP INDEX CONCURRENTLY IF EXISTS ecommerce_order_search",
            ],
        )
    ]
