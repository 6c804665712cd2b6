"""Changes what people are told and how."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from apps.core import audit
from apps.core.errors import NotFound
from apps.notifications.models import EmailSuppression, NotificationPreference
from apps.notifications.unsubscribing import Target


def set_email_opt_out(*, actor: Any, opt_out: bool) -> NotificationPreference:
    """Stop or allow notification e-mails to the actor."""
    with transaction.atomic():
        NotificationPreference.get_or_create_for_user(actor)
        preference = NotificationPreference.objects.select_for_update().get(user_id=actor.pk)
        if preference.opt_out_email != opt_out:
            preference.opt_out_email = opt_out
            preference.save(update_fields=["opt_out_email", "updated_at"])
            audit.record(
                actor=actor,
                action="notifications.email_opt_out_changed",
                target=preference,
                old={"opt_out_email": not opt_out},
                new={"opt_out_email": opt_out},
            )
    return preference


def unsubscribe(*, target: Target, opt_out: bool = True) -> None:
    """Do what a signed link says; the link is the permission. Safe to repeat: mail programs do.

    Raises:
        NotFound: The account is gone.
    """
    if target.user_id is None:
        with transaction.atomic():
            if opt_out:
                EmailSuppression.objects.bulk_create([EmailSuppression(address=target.address)], ignore_conflicts=True)
            else:
                EmailSuppression.objects.filter(address__iexact=target.address).delete()
        return
    user = get_user_model().objects.filter(pk=target.user_id).first()
    if user is None:
        raise NotFound("This account does not exist any more, so it gets no e-mail.")
    set_email_opt_out(actor=user, opt_out=opt_out)
