"""/teams/<slug>/chat/: read and write. Every form works without JavaScript; a script asks for JSON and gets that."""

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.answers import wants_json
from apps.core.errors import DomainError, NotFound, PermissionRefused
from apps.teams import chat_rendering, permissions
from apps.teams.constants import CHAT_EMOJI
from apps.teams.forms.chat import EditForm, MessageForm
from apps.teams.models import ChatMessage, Team
from apps.teams.permissions import Standing
from apps.teams.selectors import chat as selectors
from apps.teams.selectors import rosters
from apps.teams.services import chat as services
from apps.teams.views.refusals import show_in_form
from apps.teams.views.requests import SignedInRequest


@never_cache
@login_required
@require_safe
def chat(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_chat(standing)
    form = MessageForm(initial={"client_id": uuid4(), "reply_to": _number(request, "reply")})
    return _show(request, team, standing, form)


@login_required
@require_POST
def chat_send(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_chat(standing)
    form = MessageForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        try:
            message = services.send_message(
                actor=request.user,
                team_id=team.pk,
                body=words["body"],
                client_id=words["client_id"],
                reply_to_id=words["reply_to"],
            )
        except DomainError as refusal:
            if wants_json(request):
                raise
            show_in_form(form, refusal)
        else:
            return _done(request, team, message)
    if wants_json(request):
        raise DomainError(next(iter(form.errors.values()))[0], field=next(iter(form.errors)))
    return _show(request, team, standing, form)


@never_cache
@require_safe
def chat_live(request: HttpRequest, slug: str) -> HttpResponse:
    """What the socket would say, for browsers that can't open one. A script asks, so it is never led to a log-in."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "login_required"}, status=401)
    team, standing = rosters.team_for(request.user, slug)
    changes = selectors.changes(standing, after=_number(request, "after") or 0)
    return JsonResponse(chat_rendering.told(team, changes))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def chat_message(request: SignedInRequest, slug: str, message_id: int) -> HttpResponse:
    """One message with all that can be done to it; a POST edits it. A sheet over the chat where there is script."""
    team, standing = rosters.team_for(request.user, slug)
    entry = selectors.one(standing, message_id)
    # Ids of its own: as a sheet it shares its page with the composer, whose field is "id_body".
    form = EditForm(request.POST or None, initial={"body": entry.message.body}, auto_id="id_edit_%s")
    if request.method == "POST":
        if form.is_valid():
            try:
                message = services.edit_message(actor=request.user, message_id=message_id, **form.cleaned_data)
            except DomainError as refusal:
                if wants_json(request):
                    raise
                show_in_form(form, refusal)
            else:
                return _done(request, team, message)
        elif wants_json(request):
            raise DomainError(form.errors["body"][0], field="body")
    context = {"team": team, "entry": entry, "form": form, "emoji": CHAT_EMOJI.items()}
    template = "teams/chat_message_acts.partial.html" if request.htmx else "teams/chat_message.html"
    return render(request, template, context, status=422 if form.errors else 200)


@login_required
@require_POST
def chat_delete(request: SignedInRequest, slug: str, message_id: int) -> HttpResponse:
    team, _ = rosters.team_for(request.user, slug)
    _of(team, message_id)
    return _act(request, team, lambda: services.delete_message(actor=request.user, message_id=message_id))


@login_required
@require_POST
def chat_react(request: SignedInRequest, slug: str, message_id: int) -> HttpResponse:
    team, _ = rosters.team_for(request.user, slug)
    _of(team, message_id)
    emoji = request.POST.get("emoji", "")[:8]
    return _act(request, team, lambda: services.react(actor=request.user, message_id=message_id, emoji=emoji))


@login_required
@require_POST
def chat_read(request: SignedInRequest, slug: str) -> HttpResponse:
    """Mark read what the page showed; what came since stays unread."""
    team, _ = rosters.team_for(request.user, slug)
    services.mark_read(actor=request.user, team_id=team.pk, number=_number(request, "number") or 0)
    return HttpResponse(status=204) if wants_json(request) else redirect("teams:chat", slug=team.slug)


@login_required
@require_POST
def chat_mute(request: SignedInRequest, slug: str) -> HttpResponse:
    team, _ = rosters.team_for(request.user, slug)
    muted = request.POST.get("muted") == "1"
    services.set_muted(actor=request.user, team_id=team.pk, muted=muted)
    messages.success(
        request, "Chat muted. Mentions still reach you." if muted else "The chat tells you of answers again."
    )
    return redirect("teams:chat", slug=team.slug)


def _show(request: SignedInRequest, team: Team, standing: Standing, form: MessageForm) -> HttpResponse:
    history = selectors.history(standing, before=_number(request, "before"))
    answered = None
    if reply_to := form["reply_to"].value():
        try:
            answered = selectors.one(standing, int(reply_to)).message
        except (NotFound, ValueError, OverflowError):
            answered = None
    context = {
        "team": team,
        "standing": standing,
        "history": history,
        "newest_number": selectors.newest_number(history.entries),
        "form": form,
        "answered": answered,
        "socket": f"/ws/teams/{team.pk}/chat/",
        "is_older": _number(request, "before") is not None,
    }
    return render(request, "teams/chat.html", context, status=422 if form.errors else 200)


def _act(request: SignedInRequest, team: Team, act: Callable[[], ChatMessage]) -> HttpResponse:
    try:
        message = act()
    except DomainError as refusal:
        if wants_json(request) or isinstance(refusal, NotFound | PermissionRefused):
            raise
        messages.error(request, refusal.message)
        return redirect("teams:chat", slug=team.slug)
    return _done(request, team, message)


def _done(request: SignedInRequest, team: Team, message: ChatMessage) -> HttpResponse:
    standing = permissions.standing(request.user, team)
    if not permissions.can_chat(standing):
        return redirect(team)
    if wants_json(request):
        return JsonResponse({"item": chat_rendering.item(team, selectors.one(standing, message.pk))})
    return redirect(f"{reverse('teams:chat', args=[team.slug])}#m{message.number}")


def _of(team: Team, message_id: int) -> None:
    """A message is reached through its own team's address only."""
    if not ChatMessage.objects.filter(pk=min(message_id, selectors.LARGEST), team=team).exists():
        raise NotFound("There is no such message.")


def _number(request: HttpRequest, name: str) -> int | None:
    text = (request.POST if request.method == "POST" else request.GET).get(name, "")
    return min(int(text), selectors.LARGEST) if text.isascii() and text.isdigit() and len(text) < 20 else None
