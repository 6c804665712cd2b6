"""/teams/new/: short steps. What was typed travels in the form itself, so back, reload and no script all work.

A picture can't travel in a hidden input: it waits on the server, and its token travels.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.common.images import PictureForm
from apps.common.images.staging import StagedImage
from apps.core.errors import DomainError
from apps.corelib import games, regions
from apps.teams.forms.create import GameForm, JoinForm, LookForm, NameForm, ReviewForm
from apps.teams.models import HeroTemplate, Team
from apps.teams.services import teams
from apps.teams.views.edit import known_template
from apps.teams.views.pictures import keep_pictures
from apps.teams.views.refusals import show_in_form
from apps.teams.views.requests import SignedInRequest

STEPS: tuple[type[forms.Form], ...] = (GameForm, NameForm, LookForm, JoinForm, ReviewForm)
TITLES = [form.title for form in (GameForm, NameForm, LookForm, JoinForm, ReviewForm)]
LAST = len(STEPS)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return _show(request, 1, [_form(request, 1, bound=False)])
    step, go = _number(request.POST.get("step")), request.POST.get("go")
    if go == "back" or (go or "").isdigit():
        wanted = step - 1 or 1 if go == "back" else min(_number(go), step)
        return _show(request, wanted, _leaving(request, step, wanted))
    # Earlier steps are checked again: they came back from the browser.
    bound = [_form(request, number, bound=True) for number in range(1, step + 1)]
    for number, form in enumerate(bound, 1):
        if not form.is_valid():
            return _show(request, number, [*bound, form])
    if step < LAST:
        return _show(request, step + 1, [*bound, _form(request, step + 1, bound=False)])
    return _create(request, bound)


@login_required
@require_safe
def crest_preview(request: SignedInRequest) -> HttpResponse:
    """The crest that a team with this tag would wear until it has a logo."""
    return render(request, "teams/crest_preview.partial.html", {"tag": _letters(request.GET.get("tag", ""))})


@login_required
@require_safe
def check_name(request: SignedInRequest) -> HttpResponse:
    """Whether the name or the tag that is being typed is free."""
    name, tag = request.GET.get("name", "")[:50], request.GET.get("tag", "")[:10]
    form = NameForm({"name": name, "tag": tag})
    form.is_valid()
    field = "tag" if request.GET.get("of") == "tag" else "name"
    typed = tag if field == "tag" else name
    context: dict[str, Any] = {"typed": typed.strip(), "errors": form.errors.get(field, []), "what": field}
    return render(request, "teams/check_name.partial.html", context)


@login_required
@require_safe
def create_header(request: SignedInRequest) -> HttpResponse:
    """The header that the new team's page would have."""
    game = request.GET.get("game", "")
    team = Team(
        name=request.GET.get("name", "")[:50] or "Your team",
        tag=_letters(request.GET.get("tag", "")) or "TAG",
        game=game if game in games.GAMES else next(iter(games.GAMES)),
        tagline=request.GET.get("tagline", "")[:80],
        hero_template=known_template(request.GET.get("hero_template", ""), HeroTemplate.BROADCAST),
    )
    return render(request, "teams/header_preview.partial.html", {"team": team})


def _create(request: SignedInRequest, bound: list[forms.Form]) -> HttpResponse:
    values: dict[str, Any] = {}
    for form in bound:
        values |= form.cleaned_data
    values["is_public"] = values.pop("visibility") == "public"
    try:
        team = teams.create_team(actor=request.user, **values)
    except DomainError as refusal:
        number, form = next(
            ((number, form) for number, form in enumerate(bound, 1) if refusal.field in form.fields), (LAST, bound[-1])
        )
        show_in_form(form, refusal)
        return _show(request, number, [*bound, form])
    messages.success(request, f"{team.name} stands. Now invite your players.")
    return redirect("teams:manage", slug=team.slug)


def _leaving(request: SignedInRequest, step: int, wanted: int) -> list[forms.Form]:
    """Return the form to go back to. Pictures chosen on the step that is left come along."""
    left = _form(request, step, bound=True)
    left.is_valid()
    return [left, _form(request, wanted, bound=False)]


def _form(request: SignedInRequest, step: int, *, bound: bool) -> forms.Form:
    form = STEPS[step - 1]
    extra: dict[str, Any] = {}
    if form is GameForm:
        extra["user"] = request.user
    if form is LookForm:
        extra["owner"] = str(request.user.pk)
    if form is JoinForm:
        extra["game"] = _game(request)
    if bound:
        return form(request.POST, request.FILES, **extra)
    return form(initial=request.POST.dict(), **extra)


def _show(request: SignedInRequest, step: int, found: list[forms.Form]) -> HttpResponse:
    """Show the last of ``found``. The others were filled in on the way; their pictures are kept."""
    form = found[-1]
    kept = _kept(request, found)
    others = [other for number, other in enumerate(STEPS, 1) if number != step]
    carried = [(name, value) for other in others for name in _inputs(other) for value in request.POST.getlist(name)]
    carried += [(f"{name}_kept", image.token) for name, image in kept.items()]
    context: dict[str, Any] = {
        "form": form,
        "step": step,
        "steps": TITLES,
        "last": LAST,
        "carried": carried,
        "kept": kept,
        "game": games.GAMES.get(request.POST.get("game", "")),
        "tag": _letters(request.POST.get("tag", "")),
        "name": request.POST.get("name", "")[:50],
    }
    if form.__class__ in (LookForm, ReviewForm):
        context["team"] = _preview(request, kept)
    if isinstance(form, ReviewForm):
        context["summary"] = _summary(found)
    return render(request, "teams/create.html", context, status=422 if form.errors else 200)


def _kept(request: SignedInRequest, found: list[forms.Form]) -> dict[str, StagedImage]:
    """Return the pictures that were chosen, now or on an earlier page."""
    look = next((form for form in found if isinstance(form, PictureForm) and form.is_bound), None)
    if look is None:
        look = LookForm(request.POST, owner=str(request.user.pk))
        look.is_valid()
    keep_pictures(request, look)
    return look.kept


def _preview(request: SignedInRequest, kept: dict[str, StagedImage]) -> Team:
    """Return a team that only the page sees."""
    typed = request.POST
    team = Team(
        name=typed.get("name", "")[:50] or "Your team",
        tag=_letters(typed.get("tag", "")) or "TAG",
        game=_game(request),
        tagline=typed.get("tagline", "")[:80],
        region=typed.get("region", "") if typed.get("region", "") in regions.REGIONS else regions.DEFAULT_REGION,
        is_recruiting=bool(typed.get("is_recruiting")),
        is_public=typed.get("visibility") != "private",
        hero_template=known_template(typed.get("hero_template", ""), HeroTemplate.BROADCAST),
    )
    for name, image in kept.items():
        setattr(team, name, image.image)
    return team


def _summary(found: list[forms.Form]) -> list[dict[str, Any]]:
    """Return what each step holds, in words, with its number to go back to."""
    values = {name: value for form in found if form.is_bound for name, value in form.cleaned_data.items()}
    region = regions.name(values["region"])
    joining = "Everyone sees it" if values["visibility"] == "public" else "Only its members see it"
    joining += ", looking for players" if values["is_recruiting"] else ", not looking for players"
    return [
        {"step": 1, "label": "Game", "text": games.get(values["game"]).name},
        {"step": 2, "label": "Name and tag", "text": f"{values['name']} [{values['tag']}]"},
        {"step": 3, "label": "Tagline", "text": values["tagline"] or "None"},
        {"step": 4, "label": "Joining", "text": f"{joining}. {region}."},
        {"step": 4, "label": "Your role", "text": values["in_game_role"] or "No fixed role"},
    ]


def _inputs(form: type[forms.Form]) -> list[str]:
    return [name for name in form.base_fields if name not in {"logo", "banner"}]


def _number(text: str | None) -> int:
    return int(text) if text in {str(number) for number in range(1, LAST + 1)} else 1


def _game(request: SignedInRequest) -> str:
    code = request.POST.get("game", "")
    return code if code in games.GAMES else next(iter(games.GAMES))


def _letters(tag: str) -> str:
    return "".join(char for char in tag if char.isalnum())[:10].upper()
