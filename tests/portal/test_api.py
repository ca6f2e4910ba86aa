"""What every door of the API shares: keys, limits, one shape for what goes wrong, and who may call."""

import json

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from portal.actions.tokens import MOST, LastsTooLong, ScopeDoesNotFit, TooManyTokens, hash_secret, issue_token, revoke_token
from portal.api.schema import description
from portal.middleware import address_of
from portal.models import Act, ApiToken, Event, TokenScope
from tests.factories import DAY, HOUR, MONDAY_NOON, a_browser, a_citizen, a_clause, a_contract, an_agent, the_city
from tests.programs import a_program, listed, read, send

pytestmark = pytest.mark.django_db
SUGGESTIONS = "/api/v1/suggestions/"
A_PROBLEM = {"service": "bikes", "kind": "problem", "title": "The brakes squeal"}


def a_key(by=None, *scopes, days=30, at=MONDAY_NOON):
    return issue_token(by=by or a_citizen(), name="Test", scopes=scopes or [TokenScope.READ], expires_at=at + days * DAY, at=at)


def with_key(secret):
    return a_program(headers={"Authorization": f"Bearer {secret}"})


# --- Keys --------------------------------------------------------------------------------------------------------------


def test_only_a_hash_of_the_key_is_kept():
    made = a_key()

    row = ApiToken.objects.get()
    assert bytes(row.secret_hash) == hash_secret(made.secret)
    assert made.secret not in json.dumps(list(ApiToken.objects.values()), default=str)
    assert len(made.secret) > 43  # 256 bits in base64
    assert Event.objects.filter(kind=Event.Kind.TOKEN_ISSUED, about=f"apitoken/{row.uuid}").exists()


@pytest.mark.parametrize("days", [0, -1, 367, 100_000])
def test_a_key_lasts_at_most_a_year(days):
    with pytest.raises(LastsTooLong):
        a_key(days=days)


def test_a_key_may_do_only_what_its_holder_may():
    with pytest.raises(ScopeDoesNotFit):
        a_key(a_citizen(), TokenScope.ANSWER)
    with pytest.raises(ScopeDoesNotFit):
        a_key(an_agent(), TokenScope.SUGGEST)


def test_nobody_collects_keys_without_end():
    citizen = a_citizen()
    for _ in range(MOST):
        a_key(citizen)

    with pytest.raises(TooManyTokens):
        a_key(citizen)


def test_a_key_works_until_its_moment_and_not_after():
    made = a_key(days=30)

    with time_machine.travel(MONDAY_NOON + 30 * DAY - HOUR, tick=False):
        before = with_key(made.secret).get(SUGGESTIONS)
    with time_machine.travel(MONDAY_NOON + 30 * DAY, tick=False):
        after = with_key(made.secret).get(SUGGESTIONS)

    assert (before.status_code, after.status_code) == (200, 401)
    assert after["WWW-Authenticate"] == 'Bearer realm="api"'


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
@pytest.mark.parametrize("end", ["revoked", "left", "closed"])
def test_a_key_ends_with_a_revocation_the_role_or_the_account(end):
    agent = an_agent()
    made = a_key(agent)
    assert with_key(made.secret).get(SUGGESTIONS).status_code == 200

    if end == "revoked":
        revoke_token(token=made.token, by=agent, at=MONDAY_NOON + HOUR)
    elif end == "left":
        agent.membership.until_at = MONDAY_NOON + HOUR
        agent.membership.save()
    else:
        agent.membership.person.is_active = False
        agent.membership.person.save()

    assert with_key(made.secret).get(SUGGESTIONS).status_code == 401


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_a_key_does_nothing_beyond_its_scopes():
    a_contract()
    citizen = a_citizen()
    reads, suggests = a_key(citizen, TokenScope.READ).secret, a_key(citizen, TokenScope.SUGGEST).secret

    assert send(SUGGESTIONS, A_PROBLEM, with_key(reads)).status_code == 403
    assert send(SUGGESTIONS, A_PROBLEM, with_key(suggests)).status_code == 201
    assert with_key(suggests).get(SUGGESTIONS).status_code == 403


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_the_day_of_use_is_noted_once():
    made = a_key()

    for _ in range(2):
        with_key(made.secret).get(SUGGESTIONS)

    made.token.refresh_from_db()
    assert made.token.last_used_on.isoformat() == "2026-03-02"


NO_KEYS = ["", "Bearer", "Bearer ", "Bearer answerable_x", "Basic YTpi", "Token x", "Bearer " + "x" * 5000, "Bearer \xe9"]


@pytest.mark.parametrize("header", NO_KEYS)
def test_what_is_no_key_opens_nothing(header):
    answer = a_program(headers={"Authorization": header}).get(SUGGESTIONS)

    assert answer.status_code == 401


def test_writing_needs_somebody():
    a_contract()

    assert send(SUGGESTIONS, A_PROBLEM, a_program()).status_code == 401


# --- The page of keys --------------------------------------------------------------------------------------------------

PAGE = reverse("portal:tokens")


def test_a_key_is_made_on_the_page_and_shown_once():
    browser = a_browser(a_citizen())

    made = browser.post(PAGE, {"name": "Our app", "scopes": ["read", "suggest"], "days": "90"})
    again = browser.get(PAGE)

    token = ApiToken.objects.get()
    secret = made.context["made"].secret
    assert secret in made.content.decode()
    assert secret not in again.content.decode()
    assert "Our app" in again.content.decode()
    assert token.scopes == ["read", "suggest"]
    assert secret not in str(browser.session.items())
    assert "no-store" in made["Cache-Control"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["answer"]},
        {"scopes": ["all"]},
        {"days": "9999"},
        {"days": "x"},
        {"name": "a\0b"},
        {"name": "x" * 81},
    ],
)
def test_a_wrong_form_is_told_and_nothing_typed_is_lost(wrong):
    page = a_browser(a_citizen()).post(PAGE, {"name": "Our app", "scopes": ["read"], "days": "90"} | wrong)

    assert page.status_code == 422
    assert "There is a problem" in page.content.decode()
    assert ApiToken.objects.count() == 0


def test_a_key_is_revoked_by_its_holder_alone():
    citizen = a_citizen()
    made = a_key(citizen)
    address = reverse("portal:revoke_token", args=[made.token.uuid])

    stranger = a_browser(a_citizen()).post(address)
    own = a_browser(citizen).post(address)

    made.token.refresh_from_db()
    assert (stranger.status_code, own.status_code) == (404, 302)
    assert made.token.revoked_at


def test_each_role_sees_its_own_keys():
    agent = an_agent()
    a_key(agent)
    other_role = a_browser(agent)
    session = other_role.session
    session["capacity"] = None
    session.save()

    assert "Test" in a_browser(agent).get(PAGE).content.decode()
    assert "You have no key in use." in other_role.get(PAGE).content.decode()


# --- Limits ------------------------------------------------------------------------------------------------------------


@time_machine.travel(MONDAY_NOON, tick=False)
def test_who_asks_too_often_is_told_to_wait(settings):
    settings.API_LIMITS = settings.API_LIMITS | {"read": (3, 60)}
    program, neighbour = a_program(), a_program()

    answers = [program.get(SUGGESTIONS).status_code for _ in range(4)]
    refused = program.get(SUGGESTIONS)

    assert answers == [200, 200, 200, 429]
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert neighbour.get(SUGGESTIONS).status_code == 200


@time_machine.travel(MONDAY_NOON, tick=False)
def test_a_forged_header_gives_no_fresh_share(settings):
    settings.API_LIMITS = settings.API_LIMITS | {"read": (2, 60)}
    program = a_program()

    answers = [program.get(SUGGESTIONS, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code for number in range(3)]

    assert answers == [200, 200, 429]


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "192.0.2.1", "198.51.100.9"),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", "198.51.100.9"),
        (1, "", "198.51.100.9"),
        (1, "not an address", "198.51.100.9"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, rf, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies

    assert address_of(rf.get("/", REMOTE_ADDR="198.51.100.9", headers={"X-Forwarded-For": header})) == address


@time_machine.travel(MONDAY_NOON, tick=False)
def test_one_household_is_one_caller_in_ipv6(settings):
    settings.API_LIMITS = settings.API_LIMITS | {"read": (2, 60)}
    home = f"2001:db8:{id(settings) % 65535:x}:1"

    answers = [a_program(REMOTE_ADDR=f"{home}::{number}").get(SUGGESTIONS).status_code for number in range(1, 4)]

    assert answers == [200, 200, 429]


def test_while_the_counter_is_away_reading_goes_on_and_writing_does_not(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    a_contract()
    program = a_program(a_citizen())

    assert program.get(SUGGESTIONS).status_code == 200
    refused = send(SUGGESTIONS, A_PROBLEM, program)

    assert refused.status_code == 503
    assert "nothing was kept" in refused.json()["detail"]


# --- Pages of other sites ----------------------------------------------------------------------------------------------


def test_other_sites_read_what_is_public_and_only_that():
    a_contract()
    citizen = a_citizen()
    public = a_program().get(SUGGESTIONS)
    with_a_key = a_program(citizen).get(SUGGESTIONS)
    with_a_session = a_browser(citizen).get(SUGGESTIONS)
    written = send(SUGGESTIONS, A_PROBLEM, a_program(citizen))
    missing = a_program().get(f"{SUGGESTIONS}AN-0000-0000-0/")

    assert public["Access-Control-Allow-Origin"] == missing["Access-Control-Allow-Origin"] == "*"
    assert not any("Access-Control-Allow-Credentials" in answer for answer in (public, missing))
    for answer in (with_a_key, with_a_session, written):
        assert "Access-Control-Allow-Origin" not in answer
        assert "no-store" in answer["Cache-Control"]
    assert {"Authorization", "Cookie"} <= set(public["Vary"].split(", "))


# --- One shape ---------------------------------------------------------------------------------------------------------


def assert_is_a_problem(answer, status):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]


DEEP = "[" * 100_000 + "]" * 100_000
BAD_BODIES = {
    "nothing": ("", 400),
    "half": ('{"title": ', 400),
    "no object": ("[]", 400),
    "a text": ('"x"', 400),
    "null": ("null", 400),
    "a number": ("1", 400),
    "deep lists": (DEEP, 400),
    "deep objects": ('{"a":' * 50_000 + "1" + "}" * 50_000, 400),
    "deeper than we need": ('{"answers": ' + "[" * 9 + "]" * 9 + "}", 400),
    "not a number": ('{"latitude": NaN}', 400),
    "infinity": ('{"latitude": Infinity}', 400),
    "too large a float": ('{"latitude": 1e999}', 400),
    "a number of 5,000 digits": ('{"latitude": ' + "9" * 5000 + "}", 400),
    "a name twice": ('{"title": "a", "title": "b"}', 400),
    "not UTF-8": (b'{"title": "\xff\xfe"}', 400),
    "half a surrogate": ('{"title": "\\ud800"}', 400),
    "a null character": ('{"title": "a\\u0000b"}', 400),
    "a null character in a name": ('{"a\\u0000": 1}', 400),
    "two megabytes": ('{"title": "' + "x" * 2_000_000 + '"}', 413),
    "ten thousand names": (json.dumps({f"n{number}": number for number in range(10_000)}), 400),
}
BAD_FIELDS = [
    {"service": None},
    {"service": "unknown"},
    {"service": ["bikes"]},
    {"service": {"code": "bikes"}},
    {"service": 1},
    {"kind": "petition"},
    {"kind": ["problem"]},
    {"category": "unknown"},
    {"category": {"a": 1}},
    {"title": ""},
    {"title": "   "},
    {"title": None},
    {"title": 5},
    {"title": True},
    {"title": ["x"]},
    {"title": {"en": "x"}},
    {"title": "x" * 121},
    {"text": "x" * 5001},
    {"text": 1.5},
    {"lang": "not a language"},
    {"lang": "<b>"},
    {"answers": []},
    {"answers": {"unknown": "x"}},
    {"answers": {"x": {"y": {"z": 1}}}},
    {"asset": "unknown"},
    {"area": "unknown"},
    {"place": "x" * 201},
    {"latitude": 91, "longitude": 4},
    {"latitude": 51},
    {"latitude": "51", "longitude": "4"},
    {"latitude": True, "longitude": True},
    {"latitude": 10**30, "longitude": 4},
    {"is_home": "yes"},
    {"is_home": 1},
    {"is_private": "true"},
    {"answer_by": "pigeon"},
    {"answer_by": "email"},
    {"answer_by": "email", "contact": {"email": "nobody"}},
    {"contact": "a@b.c"},
    {"contact": {"fax": "1"}},
    {"unknown": 1},
    {"author": 1},
    {"status": "confirmed"},
]
BAD_ADDRESSES = [
    "?page_size=0",
    "?page_size=101",
    "?page_size=-1",
    "?page_size=1e3",
    f"?page_size={10**24}",
    "?page_size=x",
    "?page_size=%D9%A3",
    "?page_size=",
    "?cursor=x",
    "?cursor=W10:abc",
    "?cursor=%00",
    "?kind=unknown",
    "?kind=%00",
    "?kind=idea&kind=problem",
    "?status=unknown",
    "?owed=unknown",
    "?service=unknown",
    "?area=%00",
    "?late=perhaps",
    "?late=1",
    "?q=%00",
    "?page=2",
    "?format=api",
    "?order=due",
    "?unknown=1",
    "?" + "&".join(f"n{number}=1" for number in range(1500)),
]


@pytest.fixture
def sender(settings):
    a_contract()
    settings.API_LIMITS = settings.API_LIMITS | {"suggest": (10_000, 3600)}
    return a_program(a_citizen())


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_body_that_cannot_be_read_is_told_so(sender, body):
    text, status = BAD_BODIES[body]

    assert_is_a_problem(send(SUGGESTIONS, text, sender), status)


@pytest.mark.parametrize("wrong", BAD_FIELDS, ids=lambda wrong: json.dumps(wrong)[:40])
def test_a_wrong_field_is_named(sender, wrong):
    answer = send(SUGGESTIONS, A_PROBLEM | wrong, sender)

    assert_is_a_problem(answer, 400)
    named = {error["field"].split(".")[0] for error in answer.json()["errors"]}
    assert named <= set(wrong) | {"latitude", "contact"}
    assert named


@pytest.mark.parametrize("address", BAD_ADDRESSES, ids=lambda address: address[:30])
def test_a_wrong_parameter_is_told_and_never_crawled(address):
    assert_is_a_problem(a_program().get(SUGGESTIONS + address), 400)


@pytest.mark.parametrize(
    "address",
    ["?window=x", "?window=9999-12", "?window=2026-Q9", "?window=%00", "?scope=moon", "?scope=%00", "?scope=" + "x" * 3000, "?page_size=5"],
)
def test_a_wrong_question_about_indicators_is_told(address):
    the_city()

    assert_is_a_problem(a_program().get("/api/v1/indicators/" + address), 400)


@pytest.mark.parametrize(
    "address",
    [
        "nothing/",
        "suggestions/AN-0000-0000-1/",
        "suggestions/%00/",
        "suggestions/" + "9" * 3000 + "/",
        "suggestions/AN-0000-0000-0/obligations/",
        "services/unknown/",
        "contracts/unknown/",
        "",
    ],
)
def test_what_does_not_exist_is_told_in_the_same_shape(address):
    assert_is_a_problem(a_program().get(f"/api/v1/{address}"), 404)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/xml"]
)
def test_only_json_is_read(sender, content_type):
    assert_is_a_problem(sender.post(SUGGESTIONS, b"title=x", content_type=content_type), 415)


def test_only_json_is_sent():
    assert_is_a_problem(a_program().get(SUGGESTIONS, headers={"Accept": "text/csv"}), 406)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_method_nobody_has_is_told(method):
    answer = getattr(a_program(a_citizen()), method)(SUGGESTIONS)

    assert_is_a_problem(answer, 405)


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_an_idempotency_key_can_be_printed(sender, key):
    answer = sender.post(SUGGESTIONS, json.dumps(A_PROBLEM), content_type="application/json", headers={"Idempotency-Key": key})

    assert_is_a_problem(answer, 400)


def test_a_bug_surfaces_and_is_still_answered_in_this_shape(monkeypatch):
    def broken(*_arguments):
        raise KeyError("secret detail")

    monkeypatch.setattr("portal.api.services.ServiceDoors.rows", broken)

    with pytest.raises(KeyError):
        a_program().get("/api/v1/services/")
    answer = Client(raise_request_exception=False).get("/api/v1/services/")
    assert_is_a_problem(answer, 500)
    assert "secret detail" not in answer.content.decode()


def test_records_that_are_away_are_503(monkeypatch):
    def away(*_arguments):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("portal.api.services.ServiceDoors.rows", away)

    assert_is_a_problem(Client(raise_request_exception=False).get("/api/v1/services/"), 503)


# --- Services and contracts --------------------------------------------------------------------------------------------


def test_services_come_with_categories_and_questions_and_contracts_with_clauses():
    contract = a_contract()
    category = contract.service.categories.create(code="brakes", name={"en": "Brakes", "nl": "Remmen"})
    category.questions.create(code="number", text={"en": "Which?"}, answer="number")

    [service] = listed("/api/v1/services/")
    [shown] = listed("/api/v1/contracts/")

    assert service["categories"][0]["name"] == {"en": "Brakes", "nl": "Remmen"}
    assert service["categories"][0]["questions"][0]["code"] == "number"
    assert [clause["act"] for clause in shown["clauses"]] == ["acknowledge", "answer", "solve", "deliver", "review"]
    assert read("/api/v1/contracts/contract-bikes/") == shown
    assert read("/api/v1/services/bikes/") == service


def test_a_draft_clause_is_nobodys_business():
    a_clause(Act.ANSWER, a_contract(clauses=False), published=False)

    assert listed("/api/v1/contracts/")[0]["clauses"] == []


# --- The description ---------------------------------------------------------------------------------------------------


def test_the_description_is_valid_openapi():
    schema = a_program().get("/api/v1/openapi.json").json()

    assert schema["openapi"] == "3.1.0"
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert {"400", "401", "403", "404", "429"} <= set(operation["responses"]), (method, path)
    inputs = {name: one for name, one in schema["components"]["schemas"].items() if name.endswith("Input")}
    assert inputs.keys() == {"ContactInput", "ResponseInput", "SuggestionInput", "WithdrawalInput"}
    assert not any(one["additionalProperties"] for one in inputs.values())


def test_people_can_read_it_too():
    page = Client().get("/api/")

    assert page.status_code == 200
    html = page.content.decode()
    for operations in description("en")["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in html
    assert "curl -X POST" in html
    assert "<script>" not in html
