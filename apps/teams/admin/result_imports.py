"""Files of results: send one, see what each of its lines would do, confirm. The page works by itself and by htmx."""

import csv
from io import StringIO
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminFileFieldWidget

from apps.accounts.models import User
from apps.common.csv_files import plain
from apps.core.errors import DomainError
from apps.core.staff_pages import ReadOnlyAdmin
from apps.teams import permissions
from apps.teams.models import ResultImport
from apps.teams.selectors import result_imports as selectors
from apps.teams.services import result_imports as services
from apps.teams.services.result_imports.columns import BYTE_LIMIT, COLUMNS, ROW_LIMIT

EXAMPLE_ROWS = (
    "101,Dhaka Open 2026,2026-11-14,dhaka-wolves,valorant,1,16,50000,played,rafi tanvir mim sakib arif",
    "101,Dhaka Open 2026,2026-11-14,tag:PADMA,valorant,2,16,20000,played,",
    "101,Dhaka Open 2026,2026-11-12,Rangpur Ravens,,5,16,,,",
)


class FileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text=f"At most {ROW_LIMIT:,} rows and {BYTE_LIMIT // 1_048_576} MB. Nothing is recorded yet.",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        allow_empty_file=True,  # the check says it better
    )


@admin.register(ResultImport)
class ResultImportAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "state", "lines", "recorded", "coins", "uploaded_by", "created_at"]
    list_filter = ["state"]
    list_select_related = ["uploaded_by"]
    search_fields = ["file_name", "=digest"]
    list_before_template = "teams/admin/results_links.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_record_results(request.user)

    has_module_permission = has_view_permission

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("send/", view(self.send), name="teams_resultimport_send"),
            path("example/", view(self.example), name="teams_resultimport_example"),
            path("<int:pk>/progress/", view(self.progress), name="teams_resultimport_progress"),
            path("<int:pk>/problems/", view(self.problems), name="teams_resultimport_problems"),
            path("<int:pk>/confirm/", view(require_POST(self.confirm)), name="teams_resultimport_confirm"),
            path("<int:pk>/discard/", view(require_POST(self.discard)), name="teams_resultimport_discard"),
        ]
        return [*own, *super().get_urls()]

    def send(self, request: HttpRequest) -> HttpResponse:
        """Take a file and lead to its preview."""
        self._check(request)
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                imported = services.start_import(actor=_staff(request), file_name=upload.name, stream=upload.file)
            except DomainError as refusal:
                form.add_error("file", refusal.message)
            else:
                return HttpResponseRedirect(imported.get_absolute_url())
        context = {"form": form, "columns": COLUMNS}
        return self._page(request, "teams/admin/send_results.html", "Send a file of results", **context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the file: a bar while it is worked on, else its lines with what they do and what is wrong."""
        self._check(request)
        imported = selectors.import_of(int(object_id) if object_id.isdigit() else 0)
        effect, after = request.GET.get("show", ""), request.GET.get("after", "")
        effect = effect if effect in selectors.SHOWN else ""
        page = selectors.page(imported, effect=effect, after=int(after) if after.isdecimal() and len(after) < 9 else 0)
        found = selectors.summary(imported)
        context = {
            **self._state(imported),
            "summary": found,
            "page": page,
            "words": [(line, selectors.in_words(line)) for line in page.lines],
            "tabs": [(code, label, found.count(code)) for code, label in selectors.SHOWN.items()],
            "effect": effect,
        }
        return self._page(request, "teams/admin/results_file.html", imported.file_name, **context)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bar alone, for htmx; when the work is done, the whole page anew."""
        self._check(request)
        imported = selectors.import_of(pk)
        response = TemplateResponse(request, "teams/admin/results_file.partial.html", self._state(imported))
        if not imported.is_running:
            response["HX-Refresh"] = "true"
        return response

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._check(request)
        try:
            imported = services.confirm_import(actor=_staff(request), import_id=pk)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            if imported.state == ResultImport.State.DONE:
                messages.success(request, "Nothing to do: all of it is recorded already.")
        return HttpResponseRedirect(reverse("admin:teams_resultimport_change", args=[pk]))

    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._check(request)
        try:
            services.discard_import(actor=_staff(request), import_id=pk)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:teams_resultimport_change", args=[pk]))
        messages.success(request, "Discarded. Nothing of it was recorded.")
        return HttpResponseRedirect(reverse("admin:teams_resultimport_changelist"))

    def example(self, request: HttpRequest) -> HttpResponse:
        """A file as it should look, to begin with."""
        self._check(request)
        lines = (",".join(column.name for column in COLUMNS), *EXAMPLE_ROWS)
        return _download("example-results.csv", "\r\n".join(lines) + "\r\n")

    def problems(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is wrong, as a table to work through beside the file."""
        self._check(request)
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(("line", "column", "reason", "example"))
        for line in selectors.all_lines(selectors.import_of(pk)):
            for problem in line.problems:
                writer.writerow([problem["line"], *(plain(problem[name]) for name in ("column", "reason", "example"))])
        return _download(f"problems-{pk}.csv", text.getvalue())

    def _state(self, imported: ResultImport) -> dict[str, Any]:
        done, total = selectors.progress(imported)
        return {"imported": imported, "done": done, "total": total, "percent": 100 * done // total}

    def _check(self, request: HttpRequest) -> None:
        if not permissions.can_record_results(request.user):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.model._meta}
        return TemplateResponse(request, template, context)


def _staff(request: HttpRequest) -> User:
    """Return who is logged in: the admin lets nobody else this far."""
    return cast("User", request.user)


def _download(name: str, text: str) -> HttpResponse:
    # The mark tells spreadsheet programs that it is UTF-8.
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
