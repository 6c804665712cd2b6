"""Reports of mails that came back, as different mail servers write them."""

# What each server writes about a recipient, and which part of the mail it sends back.
POSTFIX = (
    """Original-Recipient: rfc822;mim@example.com
Final-Recipient: rfc822; mim@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 5.1.1 <mim@example.com>: Recipient address rejected:
    User unknown in virtual mailbox table""",
    "text/rfc822-headers",
)
EXCHANGE = (
    """Final-Recipient: rfc822;mim@example.com
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: Mim""",
    "message/rfc822",
)
GMAIL = (
    """Final-Recipient: rfc822; mim@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.com. (2404:6800:4003::1b, the server for the domain example.com.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550 5.1.1 double-checking the recipient's email address for typos.
Last-Attempt-Date: Sun, 29 Nov 2026 10:00:00 -0800 (PST)""",
    "message/rfc822",
)
EXIM = (
    """Action: failed
Final-Recipient: rfc822;mim@example.com
Status: 5.0.0
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 No such person at this address.""",
    "message/rfc822",
)
FULL_MAILBOX = (
    """Final-Recipient: rfc822; mim@example.com
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 The recipient's inbox is full""",
    "message/rfc822",
)


def report(about: str, returned: str, message_id: str) -> bytes:
    return f"""From: MAILER-DAEMON@mx.example.com
To: bounces@deltacrown.gg
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_border"

--=_border
Content-Type: text/plain

This is the mail system. Your message could not be delivered.

--=_border
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Sun, 29 Nov 2026 10:00:00 +0000

{about}

--=_border
Content-Type: {returned}

Message-ID: {message_id}
From: noreply@deltacrown.gg
To: mim@example.com
Subject: Hello

--=_border--
""".replace("\n", "\r\n").encode()
