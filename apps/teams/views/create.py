"""/teams/new/: three short steps. What was typed travels in the form itself, so back, reload and no script all work."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.errors import DomainError
from apps.corelib import games
from apps.teams.forms import GameForm, LookForm, NameForm
from apps.teams.services import teams
from apps.teams.views.refusals import show_in_form
from apps.teams.views.requests import SignedInRequest

STEPS = (GameForm, NameForm, LookForm)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return _show(request, 1, _form(request, 1, bound=False))
    step = _number(request.POST.get("step"))
    if request.POST.get("go") == "back":
        return _show(request, step - 1 or 1, _form(request, step - 1 or 1, bound=False))
    # Earlier steps are checked again: they came back from the browser.
    for number in range(1, step + 1):
        form = _form(request, number, bound=True)
        if not form.is_valid():
            return _show(request, number, form)
    if step < len(STEPS):
        return _show(request, step + 1, _form(request, step + 1, bound=False))
    return _create(request)


@login_required
@require_safe
def crest_preview(request: SignedInRequest) -> HttpResponse:
    """The crest that a team with this tag would wear until it has a logo."""
    tag = "".join(char for char in request.GET.get("tag", "") if char.isalnum())[:10]
    return render(request, "teams/crest_preview.partial.html", {"tag": tag.upper()})


def _create(request: SignedInRequest) -> HttpResponse:
    bound = [_form(request, number, bound=True) for number in range(1, len(STEPS) + 1)]
    values: dict[str, Any] = {}
    for form in bound:
        form.is_valid()
        values |= form.cleaned_data
    try:
        team = teams.create_team(actor=request.user, **values)
    except DomainError as refusal:
        number, form = next(
            ((number, form) for number, form in enumerate(bound, 1) if refusal.field in form.fields), (3, bound[2])
        )
        show_in_form(form, refusal)
        return _show(request, number, form)
    messages.success(request, f"{team.name} stands. Now invite your players.")
    return redirect("teams:manage", slug=team.slug)


def _form(request: SignedInRequest, step: int, *, bound: bool) -> forms.Form:
    extra: dict[str, Any] = {}
    if STEPS[step - 1] is GameForm:
        extra["user"] = request.user
    if STEPS[step - 1] is LookForm:
        extra["game"] = _game(request)
    if bound:
        return STEPS[step - 1](request.POST, request.FILES, **extra)
    return STEPS[step - 1](initial=request.POST.dict(), **extra)


def _show(request: SignedInRequest, step: int, form: forms.Form) -> HttpResponse:
    others = [other for number, other in enumerate(STEPS, 1) if number != step]
    carried = [
        (name, value) for other in others for name in _input_names(other) for value in request.POST.getlist(name)
    ]
    context = {
        "form": form,
        "step": step,
        "steps": [other.title for other in STEPS],
        "carried": carried,
        "game": games.GAMES.get(request.POST.get("game", "")),
        "tag": request.POST.get("tag", "").upper()[:10],
    }
    return render(request, "teams/create.html", context, status=422 if form.errors else 200)


def _input_names(form_class: type[forms.Form]) -> list[str]:
    # A file can't travel in a hidden input; the logo is chosen in the last step.
    extra = ["in_game_role"] if form_class is LookForm else []
    return [name for name in form_class.base_fields if name not in {"logo", *extra}] + extra


def _number(text: str | None) -> int:
    return int(text) if text in {"1", "2", "3"} else 1


def _game(request: SignedInRequest) -> str:
    code = request.POST.get("game", "")
    return code if code in games.GAMES else next(iter(games.GAMES))
