"""The mails and codes of the demo, which has no mail server and gives nobody a phone. Outside the demo nothing here is asked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import time
from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings

BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend writes them
FILES_READ = 60
CODE_SECONDS = 30


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    sent_at: datetime
    text: str


def newest_mails() -> list[Mail]:
    """What was sent last, the newest first."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    mails = [_read(written) for file in files[:FILES_READ] for written in file.read_bytes().split(BETWEEN_MAILS) if written.strip()]
    return sorted(mails, key=lambda mail: mail.sent_at, reverse=True)


def _read(written: bytes) -> Mail:
    mail = cast(EmailMessage, message_from_bytes(written.lstrip(), policy=policy.default))
    plain = mail.get_body(("plain",))
    return Mail(
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        sent_at=parsedate_to_datetime(mail["Date"]).replace(tzinfo=UTC),  # Django writes it so, without saying
        text=plain.get_content() if plain else "",
    )


@dataclass(frozen=True)
class Code:
    """The six digits of the demo's one app, and of the half minute after."""

    now: str
    next: str
    seconds_left: int
    accounts: list[str]


def code_of_the_demo() -> Code:
    half_minute, passed = divmod(int(time()), CODE_SECONDS)
    now, following = (format_hotp_value(hotp_value(settings.DEMO_APP_SECRET, half_minute + later)) for later in (0, 1))
    owners = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__email__endswith="@demo.example")
    return Code(now, following, CODE_SECONDS - passed, list(owners.order_by("user__email").values_list("user__email", flat=True)))
