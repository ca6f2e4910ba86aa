"""Signing in through a broker: the good way works, and every answer that is wrong in one thing leaves nobody signed in."""

import os
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from portal.actions.organisations import appoint
from portal.broker import refuse_national_number
from portal.models import Person, PersonKey, Role
from tests.factories import MONDAY_NOON, the_city

try:
    import oidc_provider_mock
except ImportError:
    oidc_provider_mock = None

pytestmark = pytest.mark.django_db
GO, BACK = "/sign-in/with/city/", "/sign-in/with/city/back/"


@pytest.fixture(scope="module")
def broker_address():
    if oidc_provider_mock is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("The tests of the broker need oidc-provider-mock (tests/requirements.txt).")
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def broker(broker_address, settings):
    """The address of a broker that the city knows."""
    app = {
        "provider_id": "city",
        "name": "My City Pass",
        "client_id": "answerable",
        "secret": "secret",
        "settings": {"server_url": broker_address, "issuer": broker_address, "second_factor": ["urn:strong", "otp"]},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": [app]}}
    return broker_address


def sent_to_broker(client: Client, **more: str) -> str:
    """The address of the broker to which the portal sends somebody."""
    page = client.post(GO, more).content.decode()
    return unescape(re.search(r'content="0;url=([^"]+)"', page)[1])


def signed_in_there(address: str, subject: str = "pseudonym-7") -> str:
    """The address of the portal to which the broker sends somebody back."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def the_way(client: Client, **more: str):
    """There and back."""
    return client.get(signed_in_there(sent_to_broker(client, **more)))


class Forger:
    """A broker's token with one thing changed, signed with the broker's own key unless told otherwise."""

    def __init__(self, monkeypatch, *, key=None, headers=None, drop="", **claims):
        real = requests.Session.request

        def request(session, method, url, **more):
            answer = real(session, method, url, **more)
            if url.endswith("/jwks"):
                answer.json = lambda: {"keys": [PUBLIC]}
            if url.endswith("/oauth2/token") and answer.ok:
                said = answer.json()
                token = jwt.decode(said["id_token"], options={"verify_signature": False}) | claims
                token.pop(drop, None)
                said["id_token"] = jwt.encode(token, key or PRIVATE, algorithm="RS256", headers={"kid": "ours"} | (headers or {}))
                answer.json = lambda: said
            return answer

        monkeypatch.setattr(requests.Session, "request", request)


def a_key(kid: str):
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private, jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True) | {"kid": kid, "use": "sig", "alg": "RS256"}


PRIVATE, PUBLIC = a_key("ours")
STRANGER, _ = a_key("theirs")


def assert_refused(client: Client, response) -> None:
    assert response.status_code == 401
    assert "You are not signed in, and nothing was changed." in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert not Person.objects.exists()


def test_broker_is_offered_only_where_the_city_has_one(broker, settings):
    offered = Client().get("/sign-in/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": []}}

    assert "Sign in with My City Pass" in offered
    assert "My City Pass" not in Client().get("/sign-in/").content.decode()
    assert (Client().post(GO).status_code, Client().get(BACK).status_code) == (404, 404)


def test_good_sign_in_opens_an_account_of_which_only_a_hash_is_known(broker):
    client = Client()

    response = the_way(client, next="/suggestions/?late=true")

    person = Person.objects.get()
    account = SocialAccount.objects.get()
    assert response.url == "/suggestions/?late=true"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (person.email, person.name) == (None, "")
    assert (account.user, account.extra_data) == (person, {})
    assert "pseudonym-7" not in account.uid
    assert [key.scheme for key in person.keys.all()] == [PersonKey.Scheme.EID]


def test_the_same_subject_is_the_same_person_and_another_is_not(broker):
    for subject in ("pseudonym-7", "pseudonym-7", "pseudonym-8"):
        client = Client()
        client.get(signed_in_there(sent_to_broker(client), subject))

    assert Person.objects.count() == 2


def test_broker_is_asked_for_nothing_but_the_subject_with_nonce_state_and_proof_key(broker):
    first, second = (parse_qs(urlsplit(sent_to_broker(Client(), scope="openid,email", auth_params="acr_values=low")).query) for _ in "12")

    assert first["scope"] == ["openid"]
    assert first["code_challenge_method"] == ["S256"]
    assert "acr_values" not in first
    assert first["nonce"] != second["nonce"]
    assert first["state"] != second["state"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "of another sign-in"},
        {"drop": "nonce"},
        {"aud": "another-client"},
        {"aud": ["answerable", "another-client"], "azp": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"drop": "exp"},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"drop": "sub"},
        {"sub": ""},
        {"sub": 7},
        {"sub": "85073003328"},
        {"key": STRANGER},
        {"key": STRANGER, "headers": {"kid": "theirs"}},
        {"headers": {"kid": "unknown"}},
    ],
    ids=str,
)
def test_token_that_is_wrong_in_one_thing_is_refused(broker, monkeypatch, wrong):
    Forger(monkeypatch, **wrong)
    client = Client()

    response = the_way(client)

    assert_refused(client, response)


def test_forged_token_that_is_right_in_everything_would_pass(broker, monkeypatch):
    """So that the refusals above are for the one thing that is wrong, not for the forging."""
    Forger(monkeypatch)
    client = Client()

    assert the_way(client).status_code == 302
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_token_that_is_signed_with_nothing_or_with_the_public_key_is_refused(broker, monkeypatch, algorithm):
    real = requests.Session.request

    def request(session, method, url, **more):
        answer = real(session, method, url, **more)
        if url.endswith("/oauth2/token"):
            said = answer.json()
            claims = jwt.decode(said["id_token"], options={"verify_signature": False})
            said["id_token"] = jwt.encode(claims, "" if algorithm == "none" else "secret" * 8, algorithm=algorithm)
            answer.json = lambda: said
        return answer

    monkeypatch.setattr(requests.Session, "request", request)
    client = Client()

    assert_refused(client, the_way(client))


@pytest.mark.parametrize("change", [("state=", "state=x"), ("state=", "other="), ("code=", "code=x"), ("code=", "other=")])
def test_answer_with_a_changed_state_or_code_is_refused(broker, change):
    client = Client()
    back = signed_in_there(sent_to_broker(client))

    response = client.get(back.replace(*change))

    assert_refused(client, response)


def test_answer_for_another_browser_is_refused(broker):
    client, elsewhere = Client(), Client()
    back = signed_in_there(sent_to_broker(client))
    sent_to_broker(elsewhere)

    assert_refused(elsewhere, elsewhere.get(back))


def test_answer_is_used_up_by_the_first_who_brings_it(broker):
    client = Client()
    back = signed_in_there(sent_to_broker(client))
    first = client.get(back).status_code
    client.post("/sign-out/")

    again = client.get(back)

    assert first == 302
    assert again.status_code == 401
    assert "_auth_user_id" not in client.session


def test_code_is_used_up_at_the_broker_too(broker):
    client, other = Client(), Client()
    back = signed_in_there(sent_to_broker(client))
    client.get(back)
    used = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(sent_to_broker(other)).query)["state"][0]

    response = other.get(f"{BACK}?code={used}&state={state}")

    assert response.status_code == 401
    assert "_auth_user_id" not in other.session


def test_answer_that_names_another_broker_is_refused(broker):
    client = Client()

    assert_refused(client, client.get(f"{signed_in_there(sent_to_broker(client))}&iss=https://evil.example"))


def test_broker_that_calls_itself_by_another_name_is_refused(broker, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["issuer"] = "https://real.example"
    client = Client()

    assert_refused(client, the_way(client))


def test_stopping_at_the_broker_leads_back_to_sign_in(broker):
    client = Client()
    state = parse_qs(urlsplit(sent_to_broker(client)).query)["state"][0]

    response = client.get(f"{BACK}?error=access_denied&state={state}", follow=True)

    assert response.redirect_chain[-1][0] == "/sign-in/"
    assert "You stopped signing in" in response.content.decode()


@pytest.mark.parametrize("answer", ["", "[]", "7", "null", '"text"', "{}", "<html>", '{"issuer": 7}'])
def test_broker_that_is_away_or_talks_nonsense_is_no_error_of_ours(broker, monkeypatch, answer):
    real = requests.Session.request

    def request(session, method, url, **more):
        found = real(session, method, url, **more)
        found._content = answer.encode()
        return found

    client, waiting = Client(), Client()
    back = signed_in_there(sent_to_broker(waiting))
    monkeypatch.setattr(requests.Session, "request", request)

    assert_refused(client, client.post(GO))
    assert_refused(waiting, waiting.get(back))


def test_broker_that_nobody_answers_for_is_no_error_of_ours(broker, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"
    client = Client()

    assert_refused(client, client.post(GO))


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ({}, False),
        ({"acr": "urn:weak"}, False),
        ({"acr": "urn:strong"}, True),
        ({"amr": ["pwd", "otp"]}, True),
        ({"amr": "otp"}, False),
    ],
)
def test_broker_vouches_for_a_second_factor_only_in_the_words_the_city_named(broker, monkeypatch, said, may):
    the_way(Client())
    appoint(person=Person.objects.get(), organisation=the_city(), role=Role.CITY_CLERK, at=MONDAY_NOON)
    Forger(monkeypatch, **said)
    client = Client()

    the_way(client)

    assert (client.get("/").wsgi_request.actor.membership is not None) == may


@pytest.mark.parametrize(
    ("subject", "is_national"),
    [
        ("85073003328", True),
        ("85.07.30-033.28", True),
        ("17073003384", True),
        ("85073003329", False),
        ("8507300332", False),
        ("a" * 11, False),
    ],
)
def test_national_number_is_known_by_its_check_digits(subject, is_national):
    refused = False

    try:
        refuse_national_number(subject)
    except OAuth2Error:
        refused = True

    assert refused == is_national


def test_form_of_the_broker_wants_a_token_and_a_post(broker):
    assert Client(enforce_csrf_checks=True).post(GO).status_code == 403
    assert Client().get(GO).status_code == 405
