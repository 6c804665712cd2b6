"""Captains book promotions and pay with coins; what a place costs is a row."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("economy", "0004_results_from_files"),
        ("teams", "0019_count_members_on_sqlite"),
        ("user_profile", "0002_tiktok_address"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PromotionPlace",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[("homepage", "Home page"), ("team_hub", "Team directory"), ("spotlight", "Spotlight")],
                        max_length=9,
                        primary_key=True,
                        serialize=False,
                        verbose_name="place",
                    ),
                ),
                (
                    "price_per_day",
                    models.PositiveIntegerField(
                        default=50,
                        help_text="In whole DeltaCoins.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="price of a day",
                    ),
                ),
                (
                    "slots",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Teams on one day, 1 to 3; free promotions take a slot too.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3),
                        ],
                    ),
                ),
                (
                    "longest",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Days that a captain may book.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(92),
                        ],
                        verbose_name="longest stay",
                    ),
                ),
                ("is_bookable", models.BooleanField(default=True, verbose_name="captains may book")),
            ],
            options={
                "verbose_name": "promotion place",
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="teampromotion",
            name="teams_promotion_status_known",
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="decided_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="decided_promotions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="hold",
            field=models.OneToOneField(
                blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="economy.hold"
            ),
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="payer",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="paid_promotions",
                to="user_profile.userprofile",
            ),
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="price",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="In DC; 0 when staff put it up for free."
            ),
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="refunded",
            field=models.PositiveIntegerField(db_default=0, default=0, help_text="In DC, of the price."),
        ),
        migrations.AddField(
            model_name="teampromotion",
            name="request_id",
            field=models.UUIDField(blank=True, editable=False, help_text="The form that was sent.", null=True),
        ),
        migrations.AlterField(
            model_name="teampromotion",
            name="status",
            field=models.CharField(
                choices=[
                    ("requested", "Waits for staff"),
                    ("scheduled", "Scheduled"),
                    ("active", "Running"),
                    ("expired", "Ended"),
                    ("rejected", "Not approved"),
                    ("cancelled", "Cancelled"),
                ],
                default="scheduled",
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="teampromotion",
            index=models.Index(
                condition=models.Q(("status", "requested")),
                fields=["kind", "starts_at"],
                name="idx_promotion_requested_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="teampromotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["requested", "scheduled", "active", "expired", "rejected", "cancelled"])
                ),
                name="teams_promotion_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="teampromotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hold__isnull", True), ("price", 0), ("request_id__isnull", True)),
                    models.Q(("hold__isnull", False), ("price__gt", 0), ("request_id__isnull", False)),
                    _connector="OR",
                ),
                name="teams_promotion_paid_by_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="teampromotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["requested", "rejected"]), _negated=True),
                    ("price__gt", 0),
                    _connector="OR",
                ),
                name="teams_promotion_only_paid_ones_wait",
            ),
        ),
        migrations.AddConstraint(
            model_name="teampromotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "rejected"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="teams_promotion_rejected_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="teampromotion",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded__lte", models.F("price"))), name="teams_promotion_refund_within_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="teampromotion",
            constraint=models.UniqueConstraint(fields=("request_id",), name="teams_promotion_one_for_a_form"),
        ),
        migrations.AddConstraint(
            model_name="promotionplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["homepage", "team_hub", "spotlight"])), name="teams_place_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotionplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("slots__gte", 1), ("slots__lte", 3)), name="teams_place_slots_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotionplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_per_day__gte", 1)), name="teams_place_has_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotionplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("longest__gte", 1), ("longest__lte", 92)), name="teams_place_longest_in_range"
            ),
        ),
    ]
