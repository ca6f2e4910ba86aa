"""Signing in by a code, a password and a second factor; what each visit may then do, and how it ends."""

import re
import time
from ipaddress import IPv6Address
from random import getrandbits
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.actions.accounts import add_app, confirm_address
from portal.actions.organisations import appoint
from portal.middleware import CAPACITY
from portal.models import Membership, Notification, Organisation, Person, PersonKey, Role
from tests.factories import MONDAY_NOON, a_browser, a_citizen, a_clerk, a_person, an_agent, an_operator, the_city

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN, CODE, BY_PASSWORD, SECOND = "/sign-in/", "/sign-in/code/", "/sign-in/password/", "/sign-in/second-factor/"


@pytest.fixture(autouse=True)
def _own_counters(settings):
    """Tries are counted in the cache, which other tests share and empty."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(uuid4())}}


def a_visitor() -> Client:
    """Somebody at an address of the net from which nobody tried before."""
    return Client(REMOTE_ADDR=str(IPv6Address(getrandbits(128))))


def an_account(*roles: tuple[Role, Organisation], email: str = "ann@example.org", app: bool = True, **fields: object) -> Person:
    """An account with a password; with a role, it has an app as its second factor unless told otherwise."""
    person = Person.objects.create_user(email, PASSWORD, **fields)
    confirm_address(person=person, email=email, at=MONDAY_NOON)
    for role, organisation in roles:
        appoint(person=person, organisation=organisation, role=role, at=MONDAY_NOON)
    if roles and app:
        add_app(person=person, secret=SECRET)
    return person


def digits_of_app(at: float | None = None) -> str:
    return format_hotp_value(hotp_value(SECRET, int(at or time.time()) // 30))


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def ask_for_code(client: Client, email: str = "ann@example.org", **more: str) -> str:
    """The code that was mailed."""
    mail.outbox.clear()
    client.post(SIGN_IN, {"email": email} | more)
    return re.search(r"\d{6}", mail.outbox[-1].subject)[0]


def by_password(client: Client, *, email: str = "ann@example.org", password: str = PASSWORD, **more: str):
    return client.post(BY_PASSWORD, {"login": email, "password": password} | more)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- A code by e-mail --------------------------------------------------------------------------------------------------


def test_code_by_mail_opens_an_account_without_a_password_and_proves_the_address():
    client = a_visitor()
    code = ask_for_code(client, " Ann@Example.org ")

    response = client.post(CODE, {"code": code})

    person = Person.objects.get(email="ann@example.org")
    assert response.url == reverse("portal:home")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    assert person.keys.get().scheme == PersonKey.Scheme.EMAIL


def test_code_opens_the_account_that_has_the_address():
    person = an_account()
    client = a_visitor()

    client.post(CODE, {"code": ask_for_code(client)})

    assert client.session["_auth_user_id"] == str(person.pk)
    assert Person.objects.count() == 1


def test_answer_and_mail_are_the_same_for_an_address_that_has_an_account_and_one_that_has_none():
    an_account()
    pages = []

    for email in ("ann@example.org", "bob@example.org"):
        client = a_visitor()
        code = ask_for_code(client, email)
        page = client.get(CODE).content.decode()
        pages.append((re.sub(r'value="\w{64}"', "", page.replace(email, "")), mail.outbox[-1].body.replace(code, "")))

    assert pages[0] == pages[1]
    assert not Person.objects.filter(email="bob@example.org").exists()


def test_wrong_code_keeps_the_page_and_after_three_the_code_is_dead():
    an_account()
    client = a_visitor()
    code = ask_for_code(client)

    statuses = [client.post(CODE, {"code": another(code)}).status_code for _ in range(3)]
    late = client.post(CODE, {"code": code})

    assert statuses == [422, 422, 302]
    assert late.url == SIGN_IN
    assert not is_in(client)


def test_many_guesses_at_once_are_counted_beside_the_session():
    """As if each had found the first of the three tries: a new visit's session each time, the same address."""
    an_account()
    client = a_visitor()
    code = ask_for_code(client)
    untouched = dict(client.session.items())

    statuses = []
    for _ in range(21):
        session = client.session
        session.update(untouched)
        session.save()
        statuses.append(client.post(CODE, {"code": another(code)}).status_code)

    assert statuses == [422] * 20 + [429]


def test_code_is_good_for_15_minutes_once_and_in_one_browser():
    an_account()
    client, elsewhere = a_visitor(), a_visitor()
    with time_machine.travel(MONDAY_NOON, tick=False) as clock:
        expired = ask_for_code(client)
        clock.shift(15 * 60 + 1)
        client.post(CODE, {"code": expired})
        assert not is_in(client)

        code = ask_for_code(client)
        assert elsewhere.post(CODE, {"code": code}).url == SIGN_IN
        assert not is_in(elsewhere)

        client.post(CODE, {"code": code})
        assert is_in(client)
        client.post(reverse("portal:sign_out"))
        assert client.post(CODE, {"code": code}).url == SIGN_IN
        assert not is_in(client)


def test_new_code_takes_the_place_of_the_old_one():
    an_account()
    client = a_visitor()
    old = ask_for_code(client)
    client.post(CODE, {"action": "resend"})
    new = re.search(r"\d{6}", mail.outbox[-1].subject)[0]

    refused = client.post(CODE, {"code": old}).status_code if old != new else 422
    client.post(CODE, {"code": new})

    assert refused == 422
    assert is_in(client)


def test_mistyped_address_can_be_changed():
    client = a_visitor()
    ask_for_code(client, "typo@example.org")

    waiting = client.get(SIGN_IN).status_code
    client.post(reverse("portal:sign_out"), {"next": "/suggestions/"})

    assert waiting == 302
    assert client.get(SIGN_IN).status_code == 200


def test_nobody_floods_a_mailbox_with_codes():
    statuses = []

    for _ in range(7):
        statuses.append(a_visitor().post(SIGN_IN, {"email": "ann@example.org"}).status_code)

    assert statuses == [302] * 6 + [429]
    assert a_visitor().post(SIGN_IN, {"email": "bob@example.org"}).status_code == 302  # nobody else is stopped


@pytest.mark.parametrize("written", ["", "ann", "ann@", "a" * 300 + "@example.org", "ann@example.org\x00", "ann@exa mple.org", "<b>@c.d"])
def test_what_is_no_address_is_said_so_and_stays(written):
    response = a_visitor().post(SIGN_IN, {"email": written})

    assert response.status_code == 422
    assert response.content.decode().count("There is a problem") == 1


def test_mail_server_that_is_away_is_said_in_a_sentence(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    response = a_visitor().post(SIGN_IN, {"email": "ann@example.org"})

    assert response.status_code == 503
    assert "We could not send a mail just now" in response.content.decode()


# --- A password --------------------------------------------------------------------------------------------------------


def test_wrong_password_never_says_which_of_the_two_was_wrong_and_keeps_the_address():
    an_account()

    known, unknown = (by_password(a_visitor(), email=email, password="guess") for email in ("ann@example.org", "bob@example.org"))

    assert (known.status_code, unknown.status_code) == (422, 422)
    for response in (known, unknown):
        assert "do not belong together" in response.content.decode()
    assert "ann@example.org" in known.content.decode()
    assert "guess" not in known.content.decode()


def test_too_many_wrong_tries_are_stopped_with_a_sentence_even_for_the_right_password():
    an_account()
    client = a_visitor()
    for _ in range(10):
        by_password(client, password="guess")

    response = by_password(client)

    assert response.status_code == 429
    assert "Wait 15 minutes, then try again." in response.content.decode()
    assert not is_in(client)
    assert by_password(a_visitor(), email="bob@example.org", password="guess").status_code == 422  # nobody else is stopped


def test_closed_account_is_told_only_to_whoever_proves_that_it_is_theirs():
    an_account(is_active=False)
    owner, guesser = a_visitor(), a_visitor()

    told = owner.post(CODE, {"code": ask_for_code(owner)})
    guessed = by_password(guesser, password="guess")

    assert told.url == reverse("account_inactive")
    assert owner.get(told.url).status_code == 200
    assert "do not belong together" in guessed.content.decode()
    assert not is_in(owner)


# --- Where it leads ----------------------------------------------------------------------------------------------------


def test_sign_in_leads_on_to_where_somebody_was_going_but_never_to_another_site():
    wishes = ["/suggestions/?late=true&kind=idea", "https://evil.example/", "//evil.example/", "javascript:alert(1)"]
    found = []
    for number, wish in enumerate(wishes):
        an_account(email=f"ann{number}@example.org")
        code_client, password_client = a_visitor(), a_visitor()
        code = ask_for_code(code_client, f"ann{number}@example.org", next=wish)
        found.append(code_client.post(CODE, {"code": code, "next": wish}).url)
        found.append(by_password(password_client, email=f"ann{number}@example.org", next=wish).url)

    assert found == [wishes[0]] * 2 + [reverse("portal:home")] * 6


def test_closed_page_leads_through_sign_in_and_back():
    response = a_visitor().get("/told/?page=2")

    assert response.url == f"{SIGN_IN}?next=/told/%3Fpage%3D2"
    assert 'name="next" value="/told/?page=2"' in a_visitor().get(response.url).content.decode()


def test_whoever_is_in_is_not_asked_again():
    assert a_browser(a_citizen()).get(SIGN_IN).url == reverse("portal:home")


# --- The second factor -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["code", "password"])
def test_app_is_asked_for_after_the_first_factor_and_its_digits_work_once(way):
    an_account((Role.CITY_CLERK, the_city()))
    with time_machine.travel(time.time(), tick=False):
        client, elsewhere = a_visitor(), a_visitor()
        for each in (client, elsewhere):
            first = each.post(CODE, {"code": ask_for_code(each)}) if way == "code" else by_password(each)
            assert first.url == SECOND
            assert not is_in(each)

        wrong = client.post(SECOND, {"code": another(digits_of_app())}).status_code
        client.post(SECOND, {"code": digits_of_app()})
        again = elsewhere.post(SECOND, {"code": digits_of_app()}).status_code

    assert (wrong, again) == (422, 422)
    assert is_in(client)
    assert not is_in(elsewhere)


def test_guessing_the_digits_is_stopped():
    an_account((Role.CITY_CLERK, the_city()))
    client = a_visitor()
    by_password(client)
    wrong = another(digits_of_app())

    statuses = [client.post(SECOND, {"code": wrong}).status_code for _ in range(11)]

    assert statuses[:9] == [422] * 9
    assert statuses[-1] == 429
    assert not is_in(client)


def test_recovery_code_works_once():
    person = an_account((Role.CITY_CLERK, the_city()))
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    first, second = a_visitor(), a_visitor()
    for client in (first, second):
        by_password(client)

    used = [client.post(SECOND, {"code": code}).status_code for client in (first, second)]

    assert used == [302, 422]
    assert first.get(reverse("suggestions:board")).status_code == 200


@pytest.mark.parametrize(
    ("role", "organisation", "start"),
    [
        (Role.OPERATOR_AGENT, an_operator, "suggestions:queue"),
        (Role.CITY_CLERK, the_city, "suggestions:board"),
        (Role.HELPER, the_city, "suggestions:help"),
    ],
)
def test_the_one_role_somebody_has_is_taken_at_once(role, organisation, start):
    person = an_account((role, organisation()))
    client = a_visitor()

    by_password(client)
    arrived = client.post(SECOND, {"code": digits_of_app()})

    assert arrived.url == reverse("portal:home")
    assert client.get(arrived.url).url == reverse(start)
    assert client.session[CAPACITY] == person.memberships.get().pk


OF_OPERATORS = {Role.OPERATOR_AGENT, Role.OPERATOR_MANAGER}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.GROUP_OFFICER}))
def test_nobody_uses_a_role_without_a_second_factor(role):
    person = an_account((role, an_operator() if role in OF_OPERATORS else the_city()), app=False)
    client = a_visitor()

    arrived = by_password(client)
    page = client.get(arrived.url).content.decode()
    taken = client.post(reverse("portal:capacity"), {"capacity": person.memberships.get().pk})

    assert arrived.url.startswith(reverse("portal:capacity"))
    assert "set one up now" in page
    assert taken.status_code == 422
    assert client.get("/").wsgi_request.actor.membership is None


def test_setting_up_an_app_leads_from_the_first_sign_in_to_the_role():
    an_account((Role.CITY_CLERK, the_city()), app=False)
    client = a_visitor()
    by_password(client)
    before = client.get(reverse("suggestions:board")).status_code
    secret = re.search(r'class="secret"[^>]*>([A-Z2-7]+)<', client.get(reverse("mfa_activate_totp")).content.decode())[1]

    wrong = client.post(reverse("mfa_activate_totp"), {"code": "no"}).status_code
    done = client.post(reverse("mfa_activate_totp"), {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})
    codes = client.get(done.url)

    assert (before, wrong) == (403, 422)
    assert done.url == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<li>\d{8}</li>", codes.content.decode())) == 10
    assert codes["Cache-Control"].startswith("max-age=0")
    assert client.get(reverse("suggestions:board")).status_code == 200


def test_visit_from_before_the_second_factor_can_confirm_it_now():
    person = an_account((Role.CITY_CLERK, the_city()), app=False)
    client = a_visitor()
    by_password(client)
    add_app(person=person, secret=SECRET)
    page = client.get(reverse("portal:capacity")).content.decode()

    response = client.post(f"{reverse('mfa_reauthenticate')}?next=/capacity/", {"code": digits_of_app()})

    assert "Confirm now" in page
    assert response.url == "/capacity/"
    assert client.get(reverse("suggestions:board")).status_code == 200


def test_password_alone_does_not_change_a_second_factor():
    person = an_account((Role.CITY_CLERK, the_city()), app=False)
    client = a_visitor()
    by_password(client)
    add_app(person=person, secret=SECRET)

    asked = client.post(reverse("mfa_deactivate_totp")).url
    by_word = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert asked.startswith(reverse("mfa_reauthenticate"))
    assert by_word.url.startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_old_visit_by_mail_code_signs_in_again_before_it_changes_anything():
    an_account((Role.CITY_CLERK, the_city()), app=False)
    Person.objects.update(password="!")
    client = a_visitor()
    with time_machine.travel(time.time(), tick=False) as clock:
        client.post(CODE, {"code": ask_for_code(client)})
        fresh = client.get(reverse("mfa_activate_totp")).status_code
        clock.shift(10 * 60)
        stale = client.get(reverse("mfa_activate_totp"))

    assert fresh == 200
    assert stale.url == f"{SIGN_IN}?next=%2Faccount%2Fsecond-factor%2Fapp%2F"
    assert not is_in(client)


def test_administration_wants_a_second_factor():
    an_account(is_staff=True, is_superuser=True)
    client = a_visitor()
    by_password(client, next="/administration/")

    refused = client.get("/administration/", follow=True)
    add_app(person=Person.objects.get(), secret=SECRET)
    client.post(f"{reverse('mfa_reauthenticate')}?next=/capacity/", {"code": digits_of_app()})

    assert refused.redirect_chain[-1][0].startswith(reverse("portal:capacity"))
    assert client.get("/administration/").status_code == 200


def test_secret_of_the_app_is_encrypted_in_the_database():
    an_account((Role.CITY_CLERK, the_city()))

    assert SECRET not in str(Authenticator.objects.get().data)


NONSENSE = ["", "no json", "1", "null", "[]", "{}", '{"id": 1}', '{"response": {}}', '{"response": {"userHandle": 7}}']


@pytest.mark.parametrize("sent", NONSENSE)
def test_answer_of_a_passkey_that_makes_no_sense_is_refused(sent):
    an_account((Role.CITY_CLERK, the_city()))
    alone, second, adding = a_visitor(), a_visitor(), a_visitor()
    by_password(second)
    by_password(adding)
    adding.post(SECOND, {"code": digits_of_app()})
    challenged = alone.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()

    found = [
        alone.post(reverse("mfa_login_webauthn"), {"credential": sent}).status_code,
        second.post(SECOND, {"credential": sent}).status_code,
        adding.post(reverse("mfa_add_webauthn"), {"credential": sent, "passwordless": "on"}).status_code,
    ]

    assert challenged["request_options"]["publicKey"]["challenge"]
    assert found == [302, 422, 422]
    assert not is_in(alone)
    assert not is_in(second)


# --- Capacity ----------------------------------------------------------------------------------------------------------


def test_citizen_has_no_capacity_and_begins_at_the_list():
    an_account()
    client = a_visitor()

    response = by_password(client)

    assert client.get(response.url).url == reverse("suggestions:list")
    assert client.session[CAPACITY] is None


def test_somebody_with_several_roles_is_asked_in_which_one():
    person = an_account((Role.CITY_CLERK, the_city()), (Role.CITY_MANAGER, the_city()))
    client = a_visitor()
    by_password(client)

    response = client.post(SECOND, {"code": digits_of_app()})
    meanwhile = client.get(reverse("suggestions:board")).status_code
    chosen = person.memberships.get(role=Role.CITY_MANAGER)
    after = client.post(response.url, {"capacity": chosen.pk})

    assert response.url.startswith(reverse("portal:capacity"))
    assert meanwhile == 403
    assert after.url == reverse("suggestions:board")
    assert client.session[CAPACITY] == chosen.pk


def test_role_can_be_laid_down_and_taken_up_again():
    client = a_browser(an_agent())
    own = client.session[CAPACITY]

    as_citizen = client.post(reverse("portal:capacity"), {"capacity": ""})
    laid_down = client.get(reverse("suggestions:queue")).status_code
    client.post(reverse("portal:capacity"), {"capacity": own})

    assert as_citizen.url == reverse("suggestions:list")
    assert laid_down == 403
    assert client.get(reverse("suggestions:queue")).status_code == 200


def test_header_says_in_which_role_somebody_acts():
    assert "You act as Operator agent, The Operator." in a_browser(an_agent()).get("/suggestions/").content.decode()


def test_nobody_takes_a_role_of_somebody_else_or_one_that_ended():
    client = a_browser(an_agent())
    other = a_clerk().membership
    own = Membership.objects.get(pk=client.session[CAPACITY])

    foreign = client.post(reverse("portal:capacity"), {"capacity": other.pk})
    own.until_at = own.from_at.replace(year=2027)
    own.save()
    ended = client.post(reverse("portal:capacity"), {"capacity": own.pk})

    assert (foreign.status_code, ended.status_code) == (422, 422)
    assert client.get(reverse("suggestions:queue")).status_code == 403


def test_home_is_where_a_role_begins():
    assert a_browser(an_agent()).get(reverse("portal:home")).url == reverse("suggestions:queue")


# --- Visits ------------------------------------------------------------------------------------------------------------


def test_signing_out_takes_a_post_and_forgets_the_capacity():
    client = a_browser(an_agent())

    looked = client.get(reverse("portal:sign_out")).status_code
    client.post(reverse("portal:sign_out"))

    assert looked == 405
    assert CAPACITY not in client.session
    assert client.get(reverse("suggestions:queue")).url.startswith(SIGN_IN)


def test_visits_are_listed_and_ended_from_elsewhere():
    an_account()
    agents = ("Firefox/140 Linux", "Chrome/140 Android", "")
    here, phone, library = (Client(HTTP_USER_AGENT=agent, REMOTE_ADDR="2001:db8::1") for agent in agents)
    for client in (here, phone, library):
        by_password(client)
    here.post(reverse("portal:capacity"), {"capacity": ""})  # gets a new key, and is still the same visit
    page = here.get(reverse("usersessions_list")).content.decode()

    here.post(reverse("portal:end_visit"), {"visit": UserSession.objects.get(session_key=phone.session.session_key).pk})
    after_one = [client.get("/account/").status_code for client in (here, phone, library)]
    here.post(reverse("portal:end_visit"), {"visit": "all"})
    after_all = [client.get("/account/").status_code for client in (here, phone, library)]

    assert all(name in page for name in ("Firefox on Linux", "Chrome on Android", "Unknown browser"))
    assert page.count("this one") == 1
    assert after_one == [200, 302, 200]
    assert after_all == [200, 302, 302]


@pytest.mark.parametrize("visit", ["", "x", "-1", "9" * 40, "½"])
def test_nobody_ends_a_visit_of_somebody_else_or_breaks_the_page(visit):
    an_account()
    client, other = a_visitor(), a_browser(a_citizen())
    by_password(client)

    response = client.post(reverse("portal:end_visit"), {"visit": visit})

    assert response.status_code == 302
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 200


def test_closing_an_account_ends_its_visits_at_once():
    clerk = a_clerk()
    client = a_browser(clerk)
    before = client.get(reverse("suggestions:board")).status_code

    Person.objects.filter(pk=clerk.membership.person_id).update(is_active=False)

    assert before == 200
    assert client.get(reverse("suggestions:board")).url.startswith(SIGN_IN)


def test_ending_a_membership_in_the_administration_ends_the_visits_of_its_holder():
    person = an_account((Role.CITY_CLERK, the_city()))
    holder, admin = a_visitor(), a_browser(a_clerk())
    by_password(holder)
    holder.post(SECOND, {"code": digits_of_app()})
    Person.objects.filter(pk=admin.session["_auth_user_id"]).update(is_staff=True, is_superuser=True)
    membership = person.memberships.get()

    admin.post(
        reverse("admin:portal_membership_change", args=[membership.pk]),
        {
            "person": person.pk,
            "organisation": membership.organisation_id,
            "role": membership.role,
            "from_at_0": "2026-03-02",
            "from_at_1": "12:00",
            "until_at_0": "2026-04-02",
            "until_at_1": "12:00",
        },
    )

    membership.refresh_from_db()
    assert membership.until_at
    assert holder.get("/account/").url.startswith(SIGN_IN)


# --- The account -------------------------------------------------------------------------------------------------------


def test_new_address_counts_once_its_code_was_typed_in():
    person = an_account()
    client = a_visitor()
    by_password(client)

    sent = client.post(reverse("account_email"), {"email": "New@Example.org", "action_add": "1"})
    meanwhile = Person.objects.get().email
    code = re.search(r"\d{6}", next(sent_mail.subject for sent_mail in mail.outbox if sent_mail.to == ["new@example.org"]))[0]
    client.post(sent.url, {"code": code, "action": "verify"})

    person.refresh_from_db()
    assert meanwhile == "ann@example.org"
    assert person.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.org", True)]
    assert person.keys.count() == 2
    assert any("changed" in sent_mail.subject and sent_mail.to == ["ann@example.org"] for sent_mail in mail.outbox)


def test_address_of_somebody_else_is_neither_taken_nor_told():
    an_account(email="bob@example.org")
    an_account()
    client = a_visitor()
    by_password(client)

    sent = client.post(reverse("account_email"), {"email": "bob@example.org", "action_add": "1"})

    assert sent.status_code == 302
    assert Person.objects.filter(email="bob@example.org").count() == 1


def test_password_can_be_chosen_and_changed():
    client = a_visitor()
    client.post(CODE, {"code": ask_for_code(client)})

    weak = client.post(reverse("account_set_password"), {"password1": "short", "password2": "short"}).status_code
    client.post(reverse("account_set_password"), {"password1": PASSWORD, "password2": PASSWORD})
    wrong = client.post(reverse("account_change_password"), {"oldpassword": "x", "password1": PASSWORD + "!", "password2": PASSWORD + "!"})

    assert (weak, wrong.status_code) == (422, 422)
    assert Person.objects.get().check_password(PASSWORD)


def test_every_page_of_the_account_opens_and_is_kept_by_nobody():
    an_account((Role.CITY_CLERK, the_city()))
    client = a_visitor()
    by_password(client)
    client.post(SECOND, {"code": digits_of_app()})
    client.post(reverse("mfa_generate_recovery_codes"))
    names = [
        *("portal:account", "account_email", "account_change_password", "mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
        *("mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "usersessions_list"),
        *("mfa_reauthenticate", "portal:capacity"),
    ]

    found = {name: client.get(reverse(name)) for name in names}

    assert {name: page.status_code for name, page in found.items() if page.status_code != 200} == {}
    assert [name for name, page in found.items() if "no-store" not in page.get("Cache-Control", "") and name != "portal:account"] == []


def test_every_form_of_sign_in_wants_a_token():
    strict = Client(enforce_csrf_checks=True)
    client = a_browser(a_clerk())
    inside = Client(enforce_csrf_checks=True)
    inside.cookies = client.cookies
    outer = [SIGN_IN, BY_PASSWORD, CODE, SECOND, "/sign-in/passkey/", "/sign-in/with/city/", "/sign-out/", "/sign-in/address/"]
    inner = ["/capacity/", "/account/e-mail/", "/account/password/first/", "/account/second-factor/app/", "/account/passkeys/add/"]
    inner += ["/account/visits/end/", "/account/again/second-factor/", "/account/second-factor/recovery-codes/new/"]

    found = {door: strict.post(door).status_code for door in outer} | {door: inside.post(door).status_code for door in inner}

    assert set(found.values()) == {403}, found


def test_what_django_allauth_offers_and_we_do_not_cannot_be_opened():
    for address in ("/signup/", "/accounts/login/", "/account/password/reset/", "/3rdparty/", "/account/signup/", "/sign-in/trust/"):
        assert a_visitor().get(address).status_code == 404


def test_account_that_left_no_address_signs_in_to_nothing():
    a_person(email=None)
    client = a_visitor()

    client.post(CODE, {"code": ask_for_code(client)})

    assert Person.objects.count() == 2


def test_what_was_told_is_read_only_by_the_role_it_was_told_to():
    agent = an_agent()
    Notification.objects.create(
        kind=Notification.Kind.LATE,
        organisation=agent.organisation,
        role=Role.OPERATOR_AGENT,
        case="AN-TEST",
        occasion="obligation/1",
        told_at=MONDAY_NOON,
    )

    mine, theirs = (a_browser(actor).get(reverse("portal:told")).content.decode() for actor in (agent, a_clerk()))

    assert "AN-TEST" in mine
    assert "AN-TEST" not in theirs
