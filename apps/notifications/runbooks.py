"""Mail does not leave: the relay, what waits, what failed, and who refused it."""

import smtplib
import ssl
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from apps.core.errors import DomainError
from apps.core.runbooks import Diagnosis, Look, Remedy, Runbook, register
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import BouncedAddress, Delivery
from apps.notifications.services.deliveries import requeueing

LATELY = 86_400.0  # seconds
LATE = 900.0  # seconds that a mail may wait for its turn
AT_ONCE = 500
TIMEOUT = 5.0
MANY_BOUNCES = 20


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Ask the relay as sending does, without sending; then look at what waits and what failed."""
    relay = _ask_relay(diagnosis) if look.deep else True
    since = timezone.now() - timedelta(seconds=look.seconds(LATELY))
    mails = Delivery.objects.filter(channel=Channel.EMAIL)
    counted = mails.filter(Q(created_at__gte=since) | Q(state=DeliveryState.PENDING)).aggregate(
        waiting=Count("pk", filter=Q(state=DeliveryState.PENDING)),
        oldest=Min("created_at", filter=Q(state=DeliveryState.PENDING, not_before=None)),
        failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
        sent=Count("pk", filter=Q(state=DeliveryState.SENT)),
    )
    diagnosis.evidence["mails"] = counted
    waited = (timezone.now() - counted["oldest"]).total_seconds() if counted["oldest"] else 0.0
    diagnosis.judge(
        waited < look.seconds(LATE),
        f"{counted['waiting']} mails wait, the oldest for {waited / 60:.0f} minutes; {counted['sent']} left in a day.",
    )
    failed = list(
        mails.filter(state=DeliveryState.FAILED, created_at__gte=since).order_by("pk").values("pk", "error")[:AT_ONCE]
    )
    diagnosis.evidence["failed"] = failed[:50]
    if failed:
        diagnosis.wrong(f"{counted['failed']} mails failed in a day, the last: {failed[-1]['error'][:160]}")
        if relay:
            diagnosis.remedies.append(_again([row["pk"] for row in failed]))
    bounced = BouncedAddress.objects.filter(created_at__gte=since).count()
    if bounced >= MANY_BOUNCES:
        diagnosis.wrong(f"{bounced} addresses refused our mail in a day: the domain may be on a block list.")
        diagnosis.advise("Look the sending domain up at the large block lists, and check SPF, DKIM and DMARC.")


def _ask_relay(diagnosis: Diagnosis) -> bool:
    """Greet the relay and log in. Nothing is sent."""
    if not settings.EMAIL_HOST or "smtp" not in settings.EMAIL_TRANSPORT:
        diagnosis.ok("Mails do not leave by SMTP here.")
        return True
    try:
        make = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
        with make(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=TIMEOUT) as line:
            if settings.EMAIL_USE_TLS:
                line.starttls(context=ssl.create_default_context())
            if settings.EMAIL_HOST_USER:
                line.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            line.noop()
    except smtplib.SMTPAuthenticationError:
        diagnosis.wrong("The relay refuses EMAIL_HOST_USER or EMAIL_HOST_PASSWORD.")
    except ssl.SSLError as error:
        diagnosis.wrong(f"The relay's TLS is not accepted: {error.reason}.")
    except (OSError, smtplib.SMTPException) as error:
        diagnosis.wrong(f"The relay does not answer at EMAIL_HOST and EMAIL_PORT: {type(error).__name__}.")
    else:
        diagnosis.ok("The relay greets us and accepts the login.")
        return True
    diagnosis.advise("Mails wait meanwhile and are tried again; none is lost. Ask the relay's status page.")
    return False


def _again(ids: list[int]) -> Remedy:
    return Remedy(
        f"Try {len(ids)} mails again that failed.",
        "Each was not accepted, so nobody gets it twice; the pace for each domain holds.",
        "Mails cannot be called back. Until they leave: Admin → Deliveries.",
        partial(_requeue, ids),
    )


def _requeue(ids: list[int]) -> str:
    done = 0
    for pk in ids:
        try:
            requeueing.requeue(actor=None, delivery_id=pk)
            done += 1
        except DomainError:  # somebody was faster
            continue
    return f"{done} of {len(ids)} mails are tried again."


def register_all() -> None:
    """Make the runbook of mail known."""
    register(Runbook("mail-blocked", "Mail does not leave", look, alerts=("MailBlocked",), settle=60.0))
