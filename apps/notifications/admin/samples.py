"""The page where staff send themselves a notification of a kind and by a channel of their choice."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from unfold.widgets import UnfoldAdminSelectWidget

from apps.core.errors import DomainError
from apps.notifications import permissions, registry, services
from apps.notifications.constants import Channel


class SampleForm(forms.Form):
    type = forms.ChoiceField(label="Kind", widget=UnfoldAdminSelectWidget)
    channel = forms.ChoiceField(label="Channel", choices=Channel.choices, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [  # type: ignore[attr-defined]  # a choice field
            (kind.code, f"{kind.group_label}: {kind.label}") for kind in registry.all_types() if kind.mail_words is None
        ]


def send_sample(request: HttpRequest) -> HttpResponse:
    """Send it to whoever asks, and say where to look."""
    if not permissions.can_requeue(request.user):
        raise PermissionDenied
    form = SampleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.send_sample(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            where = Channel(form.cleaned_data["channel"]).label.lower()
            messages.success(request, f"“{row.title}” is on its way: {where}. Its delivery is the newest in this list.")
            return redirect("admin:notifications_delivery_changelist")
    words = {**admin.site.each_context(request), "title": "Send yourself a test", "form": form}
    return render(request, "notifications/admin/sample.html", words)
