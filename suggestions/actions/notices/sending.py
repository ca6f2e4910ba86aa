"""Mails that are due are handed over, one after the other, on one connection."""

import logging
from datetime import datetime
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import get_connection

from portal.actions.notices import give_mail_up, mail_was_refused, mail_was_sent, make_mails, take_mail
from portal.models import Mail
from suggestions.actions.notices.wording import written

logger = logging.getLogger(__name__)

MAILS_AT_A_TIME = 500
SAID_NO = (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError)  # the server is there, and it did not take the mail


def send_notices(*, at: datetime) -> int:
    """Make mails of the notices that are due and hand them over; returns how many left. Safe twice and in parallel.

    Never twice: that a mail was taken is committed before it is handed over, and only a mail that the server refused is tried
    again. Where the connection breaks in the middle nobody knows whether it left: it stays taken, is counted and never resent.
    """
    make_mails(at=at)
    if not Mail.objects.due(at).exists():
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as fault:
        logger.warning("No mail server answers (%s): the mails wait.", type(fault).__name__)
        return 0
    sent = 0
    try:
        for _number in range(MAILS_AT_A_TIME):
            mail = take_mail(at=at)
            if mail is None:
                break
            message = written(mail, at=at)
            if message is None:
                give_mail_up(mail, at=at)
                continue
            message.connection = connection
            try:
                message.send()
            except SAID_NO as fault:
                logger.warning("Mail %s was refused (%s).", mail.uuid, type(fault).__name__)
                mail_was_refused(mail, at=at)
            else:
                mail_was_sent(mail, at=at)
                sent += 1
    except OSError as fault:
        logger.warning("The mail server went away in the middle of a mail (%s).", type(fault).__name__)
    finally:
        connection.close()
    return sent
