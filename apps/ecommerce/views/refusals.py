"""How a page of the store shows what a service refuses. What has no place on the page goes up to the error pages."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from apps.core.errors import DomainError, NotFound, PermissionRefused


def show_in_form(form: forms.BaseForm, refusal: DomainError) -> None:
    """Put each sentence at the field it is about, or on top. What was typed stays in the form."""
    for each in refusal.each:
        at_field = each.field in form.fields
        if isinstance(each, NotFound | PermissionRefused) and not at_field:
            raise each
        form.add_error(each.field if at_field else None, each.message)


def show_as_message(request: HttpRequest, refusal: DomainError) -> None:
    """Tell it on the next page. For buttons, which have no field."""
    if isinstance(refusal, NotFound | PermissionRefused):
        raise refusal
    for each in refusal.each:
        messages.error(request, each.message)
