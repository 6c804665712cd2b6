"""What people choose."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings

from apps.notifications import registry, zones
from apps.notifications.constants import Channel
from apps.notifications.models import NotificationPreference, Webhook
from apps.notifications.registry import NotificationType

HOURS = [(str(hour), f"{hour:02d}:00") for hour in range(24)]
ADDRESS_LENGTH = 1_000


class PreferencesForm(forms.Form):
    """Only choices that have an effect. One checkbox is added for each type and channel."""

    email = forms.BooleanField(
        label="Send me notifications by e-mail",
        required=False,
        help_text="Mails about the safety of your account always come.",
    )
    digest = forms.BooleanField(
        label="Mail me a daily digest of what I have not read",
        required=False,
        help_text="Only on days when there is something.",
    )
    digest_hour = forms.TypedChoiceField(label="The digest comes at", coerce=int, choices=HOURS, required=False)
    time_zone = forms.ChoiceField(label="Your time zone", required=False)
    quiet_from = forms.TypedChoiceField(
        label="Nothing by e-mail or Discord from",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "No quiet hours"), *HOURS],
        help_text="They wait and come when the quiet hours end. The bell is never quiet.",
    )
    quiet_until = forms.TypedChoiceField(
        label="Until", coerce=int, empty_value=None, required=False, choices=[("", "No quiet hours"), *HOURS]
    )

    def __init__(self, data: Any = None, *, preference: NotificationPreference) -> None:
        initial = {
            "email": not preference.opt_out_email,
            "digest": preference.enable_daily_digest,
            "digest_hour": preference.digest_hour,
            "time_zone": preference.time_zone,
            "quiet_from": preference.quiet_from,
            "quiet_until": preference.quiet_until,
        }
        super().__init__(data, initial=initial)
        site_zone = settings.TIME_ZONE.replace("_", " ")
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", f"The site's: {site_zone}"),
            *((name, name.replace("_", " ")) for name in zones.names()),
        ]
        has_discord = Webhook.objects.filter(user_id=preference.user_id).exists()
        self.channels = [Channel.IN_APP, Channel.EMAIL, *([Channel.DISCORD] if has_discord else [])]
        for kind in registry.types_to_choose():
            for channel in self.channels:
                choice = None if kind.required else preference.choice(kind.code, channel)
                self.fields[_name(kind, channel)] = forms.BooleanField(
                    required=False,
                    initial=kind.goes_by(channel) if choice is None else choice,
                    disabled=kind.required,
                    widget=forms.CheckboxInput(attrs={"aria-label": f"{kind.label}: {channel.label}"}),
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None) and not self.errors:
            self.add_error("quiet_until", "Choose when the quiet hours begin and when they end.")
        return cleaned

    def groups(self) -> Iterator[tuple[str, list[tuple[NotificationType, list[forms.BoundField]]]]]:
        """Yield each group's label with its types, each with its checkbox for every channel."""
        for code, label in registry.groups().items():
            kinds = [kind for kind in registry.types_to_choose() if kind.group == code]
            yield label, [(kind, [self[_name(kind, channel)] for channel in self.channels]) for kind in kinds]

    def wishes(self) -> dict[str, Any]:
        """Return what the form says, as ``services.set_preferences`` takes it."""
        cleaned = self.cleaned_data
        return {
            "opt_out_email": not cleaned["email"],
            "enable_daily_digest": cleaned["digest"],
            **({"digest_hour": cleaned["digest_hour"]} if cleaned["digest_hour"] != "" else {}),
            "time_zone": cleaned["time_zone"],
            "quiet_from": cleaned["quiet_from"],
            "quiet_until": cleaned["quiet_until"],
            "choices": {
                kind.code: {channel.value: cleaned[_name(kind, channel)] for channel in self.channels}
                for kind in registry.types_to_choose()
                if not kind.required
            },
        }


class PersonalWebhookForm(forms.Form):
    """The address of a webhook. The service says what is wrong with it."""

    url = forms.CharField(
        label="Webhook address",
        max_length=ADDRESS_LENGTH,
        strip=True,
        help_text="In Discord: the channel's settings, Integrations, Webhooks, Copy Webhook URL.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class WebhookForm(PersonalWebhookForm):
    """For owners that may have several."""

    name = forms.CharField(label="Name", max_length=80, help_text="What you call the channel, like #announcements.")


class PostedTypesForm(forms.Form):
    """Which kinds of news a channel of a team or the site gets. All of them, until somebody says otherwise."""

    wanted = forms.MultipleChoiceField(label="Kinds of news", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, webhook: Webhook) -> None:
        self.codes = [kind.code for kind in registry.types_to_post(webhook.owner)]
        wanted = [code for code in self.codes if code not in webhook.muted_types]
        super().__init__(data, initial={"wanted": wanted}, prefix=f"webhook-{webhook.pk}")
        self.fields["wanted"].choices = [  # type: ignore[attr-defined]  # a choice field
            (kind.code, kind.label) for kind in registry.types_to_post(webhook.owner)
        ]

    def muted(self) -> list[str]:
        return [code for code in self.codes if code not in self.cleaned_data["wanted"]]


def _name(kind: NotificationType, channel: str) -> str:
    return f"{channel}:{kind.code}"
