"""The operations page. It stands in the admin as the list of a model, so it has the admin's login and permissions."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from apps.core.metrics.history.selectors import SPANS
from apps.core.models import Operations
from apps.core.operations import sections
from apps.core.runbooks import every, pages


@admin.register(Operations)
class OperationsAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Operations | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Operations | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.page), name="core_operations_changelist"),
            path("sections/", view(self.refreshed), name="core_operations_sections"),
            path("sections/<slug:name>/", view(self.section), name="core_operations_section"),
            path("runbooks/", view(self.runbooks), name="core_operations_runbooks"),
            path("runbooks/<slug:slug>/", view(self.runbook), name="core_operations_runbook"),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, "core/operations/page.html", None)

    def refreshed(self, request: HttpRequest) -> HttpResponse:
        """Return all sections without the page around them, for htmx."""
        return self._answer(request, "core/operations/page.partial.html", None)

    def section(self, request: HttpRequest, name: str) -> HttpResponse:
        """Return one section as a page: what one wants to watch at night on a phone."""
        if name not in {section.name for section in sections.registered()}:
            raise Http404
        return self._answer(request, "core/operations/page.html", [name])

    def runbooks(self, request: HttpRequest) -> HttpResponse:
        """List the pages of what can go wrong."""
        listed = [(pages.title(slug), pages.address(slug)) for slug in pages.slugs()]
        return self._reading(request, "Runbooks", {"pages": listed})

    def runbook(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the page of one runbook."""
        try:
            told = {"text": pages.html(slug), "slug": slug, "has_command": slug in {each.slug for each in every()}}
            return self._reading(request, pages.title(slug), told)
        except FileNotFoundError:
            raise Http404 from None

    def _reading(self, request: HttpRequest, title: str, told: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "list_address": reverse("admin:core_operations_runbooks"),
            **told,
        }
        return TemplateResponse(request, "core/operations/runbook.html", context)

    def _answer(self, request: HttpRequest, template: str, names: list[str] | None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        span = request.GET.get("span", "")
        if span not in SPANS:
            span = "hour"
        address = reverse("admin:core_operations_changelist")
        refresh = reverse("admin:core_operations_sections") if names is None else request.path
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Operations",
            "opts": self.model._meta,
            "sections": sections.show(names, span=span),
            "all_sections": [
                section for section in sections.registered() if section.span in ("", span) and section.order > 0
            ],
            "span": span,
            "spans": SPANS.values(),
            "address": address,
            "runbooks_url": reverse("admin:core_operations_runbooks"),
            "refresh_url": f"{refresh}?span={span}",
            "still": "still" in request.GET or names is not None,
            "alone": names is not None,
            "here": f"{address}?span={span}" if names is None else request.path,
        }
        return TemplateResponse(request, template, context, headers={"Cache-Control": "no-store"})
