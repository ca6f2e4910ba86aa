"""Who is told of what happened, and the mails that say it."""

from suggestions.actions.notices.sending import send_notices
from suggestions.actions.notices.telling import LATE_ACTS, tell_followers
from suggestions.actions.notices.wording import language_for, lines_of, next_sentence, sentences_of

__all__ = ["LATE_ACTS", "language_for", "lines_of", "next_sentence", "send_notices", "sentences_of", "tell_followers"]
