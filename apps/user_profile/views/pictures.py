"""The owner's avatar and banner."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.user_profile import services
from apps.user_profile.constants import PICTURES
from apps.user_profile.forms import PictureForm
from apps.user_profile.models import UserProfile
from apps.user_profile.views.editing import add_refusal, own_profile, render_edit_page
from apps.user_profile.views.requests import SignedInRequest

_NAMES = {"avatar": "Picture", "banner": "Banner"}
_SERVICES = {"avatar": services.set_avatar, "banner": services.set_banner}


@require_safe
@login_required
def edit_pictures(request: SignedInRequest) -> HttpResponse:
    """Show both pictures with a form each."""
    return _page(request, own_profile(request))


@require_POST
@login_required
def set_picture(request: SignedInRequest, picture: str) -> HttpResponse:
    """Replace one picture."""
    profile = own_profile(request)
    form = _form(picture, request)
    if form.is_valid():
        try:
            _SERVICES[picture](actor=request.user, profile_id=profile.pk, image=form.cleaned_data["image"])
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"{_NAMES[picture]} saved.")
            return redirect("user_profile:edit_pictures")
    return _page(request, profile, refused=(picture, form))


@require_POST
@login_required
def remove_picture(request: SignedInRequest, picture: str) -> HttpResponse:
    """Take one picture away."""
    services.remove_picture(actor=request.user, profile_id=own_profile(request).pk, picture=picture)
    messages.success(request, f"{_NAMES[picture]} removed.")
    return redirect("user_profile:edit_pictures")


def _form(picture: str, request: SignedInRequest | None = None) -> PictureForm:
    sent = (request.POST, request.FILES) if request else ()
    return PictureForm(*sent, purpose=picture, prefix=picture)


def _page(
    request: SignedInRequest, profile: UserProfile, refused: tuple[str, PictureForm] | None = None
) -> HttpResponse:
    forms = {f"{picture}_form": _form(picture) for picture in PICTURES}
    if refused:
        forms[f"{refused[0]}_form"] = refused[1]
    return render_edit_page(request, "edit_pictures", profile, **forms)
