"""How a page of the store shows what a service refuses. What has no place on the page goes up to the error pages."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from apps.core.errors import DomainError, NotFound, PermissionRefused


def show_in_form(form: forms.BaseForm, refusal: DomainError) -> None:
    """Put the sentence at the field it is about, or on top. What was typed stays in the form."""
    at_field = refusal.field in form.fields
    if isinstance(refusal, NotFound | PermissionRefused) and not at_field:
        raise refusal
    form.add_error(refusal.field if at_field else None, refusal.message)


def show_as_message(request: HttpRequest, refusal: DomainError) -> None:
    """Tell it on the next page. For buttons, which have no field."""
    if isinstance(refusal, NotFound | PermissionRefused):
        raise refusal
    messages.error(request, refusal.message)
