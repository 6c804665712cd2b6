"""A file of results: what it says line by line, and how far it has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.teams.models.team import Team


class ResultImport(models.Model):
    """One file. It is checked in portions, recorded in one piece, and then its coins are paid in portions.

    The cursors say how far each step has come, in the transaction of the portion itself: whoever goes on after a crash
    begins where the last portion ended.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Being checked"
        REFUSED = "refused", "Has problems"
        CHECKED = "checked", "Checked, not recorded"
        RECORDING = "recording", "Being recorded"
        PAYING = "paying", "Coins are being paid"
        DONE = "done", "Recorded"
        DISCARDED = "discarded", "Discarded"

    RUNNING = (State.CHECKING, State.RECORDING, State.PAYING)

    file_name = models.CharField("file", max_length=200)
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    # In the database and not beside it: every worker reads it, and a backup has it. Emptied when nothing needs it.
    content = models.BinaryField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    problem = models.JSONField(default=dict, blank=True, help_text="Why the whole file can't be read.")

    last_line = models.PositiveIntegerField(default=0, help_text="Cursor of the check: the last line that was read.")
    is_read = models.BooleanField(default=False, help_text="All lines are read; then they are compared.")
    last_tournament = models.PositiveIntegerField(default=0, help_text="Cursor of the comparison.")
    last_paid = models.BigIntegerField(default=0, help_text="Cursor of the coins: the last result.")
    lines = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text="Of the present step, in lines or results.")
    recorded = models.PositiveIntegerField(default=0, help_text="Results that are new or corrected.")
    coins = models.BigIntegerField(default=0, help_text="DC paid, those taken back deducted.")

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "import of results"
        verbose_name_plural = "imports of results"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checking", "refused", "checked", "recording", "paying", "done", "discarded"]),
                name="teams_import_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("admin:teams_resultimport_change", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING


class ResultImportLine(models.Model):
    """One line of a file, read and found right or wrong. What it does to the results is ``effect`` and ``changes``."""

    class Effect(models.TextChoices):
        NEW = "new", "New"
        CORRECTION = "correction", "Correction"
        SAME = "same", "Recorded already"
        WRONG = "wrong", "Wrong"

    source = models.ForeignKey(ResultImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("line")
    effect = models.CharField(max_length=10, choices=Effect.choices)
    problems = models.JSONField(default=list, blank=True)
    warning = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict, blank=True, help_text="Of a correction: field, from, to.")
    coins = models.BigIntegerField(default=0, help_text="DC it will pay at the most; less than 0 takes back.")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    tournament_id = models.PositiveIntegerField(default=0)
    tournament_name = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, blank=True)
    placement = models.PositiveSmallIntegerField(null=True, blank=True)
    participants = models.PositiveIntegerField(null=True, blank=True)
    prize = models.PositiveIntegerField(default=0)
    played_on = models.DateField(null=True, blank=True)
    roster = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="teams_importline_once"),
            models.CheckConstraint(
                condition=Q(effect__in=["new", "correction", "same", "wrong"]), name="teams_importline_effect_known"
            ),
            models.CheckConstraint(
                condition=Q(effect="wrong") | Q(team__isnull=False, tournament_id__gt=0),
                name="teams_importline_right_is_complete",
            ),
        ]
        indexes = [models.Index(fields=["source", "tournament_id", "number"], name="idx_importline_tournament")]

    def __str__(self) -> str:
        return f"Line {self.number} of import {self.source_id}"
