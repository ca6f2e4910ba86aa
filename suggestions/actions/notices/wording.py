"""What happened, in sentences: the same in a mail, in a letter and in a feed. No text of a case but its title is in them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.actions.notices import unsubscribe_token
from portal.models import Act, Actor, Event, Mail, Notice, Person, Scope
from suggestions.models import Commitment, Decision, Delivery, Obligation, Response, Suggestion
from suggestions.templatetags import time_words

SPEAKERS: dict[str, tuple[type[Response] | type[Delivery] | type[Commitment] | type[Obligation], str]] = {
    "response": (Response, "organisation__name"),
    "delivery": (Delivery, "organisation__name"),
    "commitment": (Commitment, "organisation__name"),
    "obligation": (Obligation, "owner__name"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One station that was reached, in words."""

    uuid: UUID
    at: datetime
    when: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CaseNews:
    """What is new about one case, and what is owed next."""

    suggestion: Suggestion
    lines: list[Line]
    next_sentence: str
    is_own: bool = False
    asks: str = ""  # the address of the page with the one question after a decision
    address: str = ""


def lines_of(events: Iterable[Event], *, now: datetime, to_author: bool = False) -> list[Line]:
    """The events in sentences, in the language in force, the oldest first."""
    events = sorted(events, key=lambda event: (event.at, event.pk))
    speakers = _speakers(events)
    return [
        Line(event.uuid, event.at, time_words.absolute(event.at, now=now), _sentence(event, speakers, now, to_author))
        for event in events
    ]


def sentences_of(notices: Collection[Notice], *, now: datetime) -> list[Line]:
    """What the author of a case is told by letter or phone."""
    return lines_of(Event.objects.filter(uuid__in=[notice.event for notice in notices]), now=now, to_author=True)


def next_sentence(suggestion: Suggestion, *, now: datetime) -> str:
    """Who must do what by when; needs the standing and its next owner."""
    standing = suggestion.standing
    if not standing.next_act or standing.next_owner is None:
        return _("Nothing is owed now.")
    words = {"owner": standing.next_owner.name, "act": Act(standing.next_act).label}
    if standing.next_due_at is None:
        return _("Next: %(owner)s must %(act)s. No deadline was ever set.") % words
    words["moment"] = time_words.absolute(standing.next_due_at, now=now)
    if standing.next_is_paused:
        return _("Next: %(owner)s must %(act)s, at the latest by %(moment)s. The clock stands.") % words
    if standing.next_due_at < now:
        return _("Next: %(owner)s must %(act)s. It had to be done by %(moment)s and is late.") % words
    return _("Next: %(owner)s must %(act)s by %(moment)s.") % words


def news_of(notices: Collection[Notice], *, reader: Person, now: datetime) -> list[CaseNews]:
    """The notices of one person by case, without the cases that they may not read any more."""
    own = {notice.case for notice in notices if notice.scope == Scope.OWN}
    told = {notice.event: notice.case for notice in notices}
    cases = Suggestion.objects.filter(reference__in=set(told.values())).with_standing()
    followed = cases.visible_to(Actor(kind=Actor.Kind.PERSON, person=reader))
    readable = list(cases.filter(reference__in=own)) + [case for case in followed if case.reference not in own]
    events: dict[str, list[Event]] = {}
    for event in Event.objects.filter(uuid__in=told):
        events.setdefault(event.case, []).append(event)
    return [
        CaseNews(
            suggestion=case,
            lines=lines_of(events.get(case.reference, []), now=now, to_author=case.reference in own),
            next_sentence=next_sentence(case, now=now),
            is_own=case.reference in own,
            asks=_question_after(case, events.get(case.reference, [])) if case.reference in own else "",
            address=_address(case.get_absolute_url()),
        )
        for case in sorted(readable, key=lambda case: (case.reference not in own, case.pk))
    ]


def language_for(person: Person, *, case: str = "") -> str:
    """The language of somebody's mails and letters: the one they chose, else the one they wrote this case in, else the leading one."""
    wish = person.language or (Suggestion.objects.filter(reference=case).values_list("lang", flat=True).first() if case else "")
    return wish if wish in dict(settings.LANGUAGES) else settings.LEADING_LANGUAGE


def written(mail: Mail, *, at: datetime) -> EmailMultiAlternatives | None:
    """The mail in the person's language; None where nobody can be reached any more or nothing is left to tell."""
    person, notices = mail.person, list(mail.notices.all())
    if not person.email or person.erased_at:
        return None
    own_case = mail.case if any(notice.scope == Scope.OWN for notice in notices) else ""
    with translation.override(language_for(person, case=own_case)):
        news = news_of(notices, reader=person, now=at)
        if not news:
            return None
        scopes = sorted({notice.scope for notice in notices})
        stop = _address(reverse("suggestions:unsubscribe", args=[unsubscribe_token(person, scopes)]))
        context = {
            "news": news,
            "is_digest": mail.digest_on is not None,
            "is_own": Scope.OWN in scopes,
            "city_name": settings.CITY_NAME,
            "stop": stop,
            "preferences": _address(reverse("suggestions:notice_preferences")),
            "come_back": _address(reverse("suggestions:follow")),
            "language": translation.get_language(),
            "is_rtl": translation.get_language_bidi(),
        }
        message = EmailMultiAlternatives(
            subject=_subject(mail, news),
            body=render_to_string("emails/notices.txt", context),
            to=[person.email],
            headers={
                "Message-ID": f"<{mail.uuid}@{_host()}>",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("emails/notices.html", context), "text/html")
    return message


def _subject(mail: Mail, news: list[CaseNews]) -> str:
    if mail.digest_on:
        return ngettext(
            "News of %(count)d suggestion you follow", "News of %(count)d suggestions you follow", len(news)
        ) % {"count": len(news)}
    case = news[0]
    words = {"reference": case.suggestion.reference, "what": case.lines[-1].sentence if case.lines else ""}
    template = _("Your suggestion %(reference)s: %(what)s") if case.is_own else _("%(reference)s: %(what)s")
    return " ".join((template % words).split())


def _question_after(case: Suggestion, events: list[Event]) -> str:
    """Where the author says whether the newest decision told here answers them, unless they did."""
    decided = [event.about.partition("/")[2] for event in events if event.kind == Event.Kind.DECISION_PUBLISHED]
    decision = Decision.objects.in_effect().filter(response__uuid__in=decided, satisfactions=None).select_related("response").last()
    return _address(reverse("suggestions:satisfaction", args=[case.reference, decision.response.uuid])) if decision else ""


def _speakers(events: Collection[Event]) -> dict[str, str]:
    """Who spoke, promised or owed, by the row that each event is about: one query for each kind of row."""
    rows: dict[str, list[str]] = {}
    for event in events:
        noun, _slash, uuid = event.about.partition("/")
        if noun in SPEAKERS:
            rows.setdefault(noun, []).append(uuid)
    return {
        f"{noun}/{uuid}": name
        for noun, uuids in rows.items()
        for uuid, name in SPEAKERS[noun][0]._default_manager.filter(uuid__in=uuids).values_list("uuid", SPEAKERS[noun][1])
    }


def _sentence(event: Event, speakers: dict[str, str], now: datetime, to_author: bool) -> str:
    kind, facts = event.kind, event.facts
    who = speakers.get(event.about) or _("The city")
    if kind == Event.Kind.RESPONSE_PUBLISHED:
        return _response_sentence(facts.get("kind", ""), who, to_author)
    if kind == Event.Kind.DECISION_PROPOSED:
        return _("%(who)s proposes: %(outcome)s. It waits for the city.") % {"who": who, "outcome": _outcome(facts)}
    if kind == Event.Kind.PROPOSAL_SETTLED:
        return _("The city agreed to the proposal.") if facts.get("taken_on") else _("The city sent the proposal back.")
    if kind == Event.Kind.DECISION_PUBLISHED:
        return _("%(who)s decided: %(outcome)s.") % {"who": who, "outcome": _outcome(facts)}
    if kind == Event.Kind.COMMITMENT_MADE:
        return _("%(who)s promised it for %(day)s.") % {"who": who, "day": _day(facts, now)}
    if kind == Event.Kind.COMMITMENT_MOVED:
        return _("%(who)s named a later day: %(day)s. The first day is the one that counts.") % {"who": who, "day": _day(facts, now)}
    if kind == Event.Kind.OBLIGATION_LATE:
        return _("%(who)s is late: it had to %(act)s.") % {"who": who, "act": _act(facts)}
    if kind == Event.Kind.VERDICT_CLOSED:
        return _("Verdict: %(judgement)s.") % {"judgement": _judgement(facts)}
    plain = {
        Event.Kind.SUGGESTION_SUBMITTED: _("A new suggestion came in."),
        Event.Kind.SUGGESTION_CLEARED: _("The city checked it. Everybody can read it now."),
        Event.Kind.SUGGESTION_WITHDRAWN: _("The author took it back."),
        Event.Kind.THRESHOLD_CROSSED: _("Enough people support it: it must be heard."),
        Event.Kind.PHOTO_REVIEWED: _("The city looked at your photo."),
        Event.Kind.ITEM_HIDDEN: _("The city hid something here. On the page you read why, and can appeal."),
        Event.Kind.HIDING_LIFTED: _("What the city had hidden is shown again."),
        Event.Kind.APPEAL_RULED: _("The city decided on your appeal."),
        Event.Kind.COMMITMENT_BROKEN: _("%(who)s broke its promise.") % {"who": who},
        Event.Kind.DELIVERED: _("%(who)s says it is done, and shows evidence.") % {"who": who},
    }
    return plain.get(Event.Kind(kind), str(Event.Kind(kind).label) + ".")


def _response_sentence(kind: str, who: str, to_author: bool) -> str:
    if kind == Response.Kind.QUESTION:
        return (_("%(who)s asks you something.") if to_author else _("%(who)s asks the author something.")) % {"who": who}
    if kind == Response.Kind.ACKNOWLEDGEMENT:
        return _("%(who)s has read it. This is not a decision yet.") % {"who": who}
    return _("%(who)s wrote an update. This is not a decision.") % {"who": who}


def _outcome(facts: dict[str, Any]) -> str:
    outcome = facts.get("outcome", "")
    return str(Decision.Outcome(outcome).label) if outcome in Decision.Outcome.values else outcome


def _act(facts: dict[str, Any]) -> str:
    act = facts.get("act", "")
    return str(Act(act).label) if act in Act.values else act


def _judgement(facts: dict[str, Any]) -> str:
    judged_as = facts.get("judged_as", "")
    return str(Delivery.Judgement(judged_as).label) if judged_as in Delivery.Judgement.values else judged_as


def _day(facts: dict[str, Any], now: datetime) -> str:
    return time_words.day_words(date.fromisoformat(facts["due_on"]), now=now) if facts.get("due_on") else ""


def _address(path: str) -> str:
    return settings.PUBLIC_ADDRESS.rstrip("/") + path


def _host() -> str:
    return settings.PUBLIC_ADDRESS.partition("://")[2].partition("/")[0].partition(":")[0]
