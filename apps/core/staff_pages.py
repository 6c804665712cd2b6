"""Pages of staff: what is shown and never typed into, and acts that stand on the page of a row as on its list."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline

from apps.core.errors import DomainError

# Posted by the page of a row: where the answer goes back to.
FROM_PAGE = "from_page"


def each(
    request: HttpRequest,
    rows: QuerySet[Any],
    act: Callable[[Any], object],
    done: str,
    name: Callable[[Any], str] = str,
) -> None:
    """Do ``act(row)`` to one after the other and say of each how it went; a refusal of one leaves the others alone."""
    for row in rows.order_by("pk"):
        try:
            act(row)
        except DomainError as refusal:
            messages.error(request, f"{name(row)}: {refusal.message}")
        else:
            messages.success(request, f"{name(row)} {done}.")


class ReadOnly:
    """Shown, never typed into: the services keep the rules that a form can't."""

    def has_add_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False


class ActsOnPage:
    """The acts of the list, as buttons on the page of one row; they work without JavaScript.

    They are posted to the list with that one row chosen, so there is one way to do each.
    """

    change_form_outer_before_template = "core/admin/acts.html"

    def offers(self, act: str, row: Any) -> bool:
        """Say whether ``act`` makes sense for ``row`` as it is; whether it is allowed, the service decides."""
        return True

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        if row is not None:
            context |= self._acts_for(request, row)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]  # of ModelAdmin

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        answer: HttpResponse | None = super().response_action(request, queryset)  # type: ignore[misc]  # of ModelAdmin
        row = request.POST.get(FROM_PAGE, "")
        if row.isdecimal() and isinstance(answer, HttpResponseRedirect):
            return HttpResponseRedirect(reverse(self._address("change"), args=[row]))
        return answer

    def _acts_for(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        acts = [
            {"name": name, "label": str(label)}
            for name, (_, _, label) in self.get_actions(request).items()  # type: ignore[attr-defined]  # of ModelAdmin
            if name != "delete_selected" and self.offers(name, row)
        ]
        asked = self.action_form.base_fields.get("reason")  # type: ignore[attr-defined]  # of ModelAdmin
        hint = asked.widget.attrs.get("placeholder", "") if asked else ""
        return {
            "acts": acts,
            "acts_address": reverse(self._address("changelist")),
            "acts_want_reason": asked is not None,
            "acts_reason_hint": hint,
            "acts_reason_length": getattr(asked, "max_length", None),
        }

    def _address(self, page: str) -> str:
        options = self.model._meta  # type: ignore[attr-defined]  # of ModelAdmin
        return f"admin:{options.app_label}_{options.model_name}_{page}"


class ReadOnlyAdmin(ReadOnly, ActsOnPage, ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """A list and its details, without a way to type into them."""

    show_full_result_count = False  # counting a table that only grows gets slower for ever

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return also what a form leaves out, as times: what the list shows of a row, its page shows."""
        named = tuple(super().get_readonly_fields(request, obj))
        if self.fields or self.fieldsets:
            return named
        outside = {field.name for field in self.model._meta.concrete_fields if not field.editable}
        return (*named, *(name for name in self.list_display if name in outside and name not in named))


class ReadOnlyInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows on another page, without a way to type into them."""

    extra = 0
    show_change_link = False
