"""Threads, replies and chat messages can be reported to staff."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0021_prices_of_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TalkReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("thread", "Thread of the board"),
                            ("reply", "Reply on the board"),
                            ("message", "Message in the chat"),
                        ],
                        max_length=7,
                    ),
                ),
                ("quoted", models.TextField(blank=True, max_length=5200)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("spam", "Advertising or spam"),
                            ("abuse", "Insults or hate"),
                            ("false", "Pretends to be someone else, or lies about a result"),
                            ("private", "Shows something private"),
                            ("other", "Something else"),
                        ],
                        max_length=7,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("upheld", "Removed"), ("dismissed", "Nothing wrong")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="What the author reads.", max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("settled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="teams.chatmessage",
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="teams.boardreply",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="talk_reports", to="teams.team"
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="teams.boardthread",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of board or chat",
                "verbose_name_plural": "reports of board and chat",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["state", "-id"], name="teams_talk_reports_by_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("thread", "reporter"), name="teams_talk_report_once_a_thread"),
                    models.UniqueConstraint(fields=("reply", "reporter"), name="teams_talk_report_once_a_reply"),
                    models.UniqueConstraint(fields=("message", "reporter"), name="teams_talk_report_once_a_message"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "thread"), ("message", None), ("reply", None)),
                            models.Q(("kind", "reply"), ("message", None), ("thread", None)),
                            models.Q(("kind", "message"), ("reply", None), ("thread", None)),
                            _connector="OR",
                        ),
                        name="teams_talk_report_of_its_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("state", "open")),
                            models.Q(("settled_at__isnull", False), ("state", "dismissed")),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("state", "upheld"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="teams_talk_report_settled_at_a_time",
                    ),
                ],
            },
        ),
    ]
