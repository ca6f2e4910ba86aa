"""The pages kept for readers of whom nothing is known: everybody gets their own state, and only strangers share."""

import time

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from portal.middleware import RECEIPTS
from portal.page_cache import PageCacheMiddleware, same_for_everybody
from tests.factories import a_browser, a_citizen, a_suggestion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages_are_kept(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"}}
    settings.PAGE_CACHE_SECONDS = 5
    cache.clear()


def text_of(browser, address, **headers):
    return browser.get(address, headers=headers).content.decode()


def with_a_receipt(reference):
    browser = Client()
    browser.get("/write/")
    session = browser.session
    session[RECEIPTS] = [reference]
    session.save()
    browser.cookies["sessionid"] = session.session_key
    return browser


def test_stranger_gets_the_page_that_the_one_before_got(django_assert_num_queries):
    a_suggestion(title="The first")
    before = text_of(Client(), reverse("suggestions:list"))
    a_suggestion(title="The second")

    with django_assert_num_queries(0):
        after = text_of(Client(), reverse("suggestions:list"))

    assert after == before
    assert "The first" in after
    assert "The second" not in after


def test_kept_page_has_the_headers_of_a_fresh_one():
    fresh = Client().get(reverse("suggestions:list"))
    kept = Client().get(reverse("suggestions:list"))

    assert dict(kept.headers) == dict(fresh.headers)
    assert "Content-Security-Policy" in kept.headers
    assert not kept.cookies


def test_head_of_a_kept_page_has_the_same_headers():
    fresh = Client().get(reverse("suggestions:list"))

    kept = Client().head(reverse("suggestions:list"))

    assert (kept.status_code, kept.headers["Content-Type"]) == (200, fresh.headers["Content-Type"])


def test_page_is_forgotten_after_its_seconds(settings):
    settings.PAGE_CACHE_SECONDS = 0.05
    text_of(Client(), reverse("suggestions:list"))
    a_suggestion(title="A new one")

    time.sleep(0.1)

    assert "A new one" in text_of(Client(), reverse("suggestions:list"))


def test_who_is_signed_in_never_gets_a_kept_page_and_leaves_none():
    citizen = a_citizen()
    suggestion = a_suggestion(by=citizen, visibility="city_and_operator", title="Between us")
    public = a_suggestion(title="For all")
    list_address = reverse("suggestions:list")
    author = a_browser(citizen)

    stranger_first = text_of(Client(), list_address)
    seen_by_author = text_of(author, list_address)
    stranger_after = text_of(Client(), list_address)

    assert "Between us" not in stranger_first + stranger_after
    assert "Between us" in seen_by_author
    assert Client().get(suggestion.get_absolute_url()).status_code == 404
    assert author.get(suggestion.get_absolute_url()).status_code == 200
    assert Client().get(suggestion.get_absolute_url()).status_code == 404
    assert "For all" in stranger_after
    assert public.reference in stranger_after


def test_citizen_who_signed_in_first_leaves_nothing_for_strangers():
    citizen = a_citizen()
    suggestion = a_suggestion(by=citizen)
    own = text_of(a_browser(citizen), suggestion.get_absolute_url())

    stranger = text_of(Client(), suggestion.get_absolute_url())

    withdraw = reverse("suggestions:withdraw", args=[suggestion.reference])
    assert withdraw in own
    assert withdraw not in stranger


def test_two_citizens_never_see_each_others_page():
    one, other = a_citizen(), a_citizen()
    suggestion = a_suggestion(by=one)
    withdraw = reverse("suggestions:withdraw", args=[suggestion.reference])

    pages = [text_of(a_browser(reader), suggestion.get_absolute_url()) for reader in (one, other, one)]

    assert [withdraw in page for page in pages] == [True, False, True]


def test_holder_of_a_receipt_sees_their_own_case_and_strangers_do_not():
    suggestion = a_suggestion(visibility="city_and_operator")
    browser = with_a_receipt(suggestion.reference)

    statuses = [reader.get(suggestion.get_absolute_url()).status_code for reader in (browser, Client(), browser)]

    assert statuses == [200, 404, 200]


def test_holder_of_a_receipt_is_never_shown_a_kept_page_of_their_public_case():
    suggestion = a_suggestion()
    withdraw = reverse("suggestions:withdraw", args=[suggestion.reference])
    browser = with_a_receipt(suggestion.reference)

    pages = [text_of(reader, suggestion.get_absolute_url()) for reader in (Client(), browser, Client())]

    assert [withdraw in page for page in pages] == [False, True, False]


def test_signing_out_ends_at_a_page_of_a_stranger():
    citizen = a_citizen()
    suggestion = a_suggestion(by=citizen)
    browser = a_browser(citizen)
    text_of(browser, suggestion.get_absolute_url())
    browser.logout()

    page = text_of(browser, suggestion.get_absolute_url())

    assert reverse("suggestions:withdraw", args=[suggestion.reference]) not in page


def test_each_language_and_each_address_is_kept_apart(settings):
    settings.LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
    address = reverse("suggestions:list")

    english, dutch = (text_of(Client(), address, accept_language=language) for language in ("en", "nl"))
    by_cookie = Client()
    by_cookie.cookies[settings.LANGUAGE_COOKIE_NAME] = "nl"

    assert 'lang="en"' in english
    assert '<html lang="nl"' in dutch
    assert '<html lang="nl"' in text_of(by_cookie, address)
    assert text_of(Client(), f"{address}?order=due") != english


def test_each_host_is_kept_apart(settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    address = reverse("suggestions:list")
    text_of(Client(), address, host="one.example")
    a_suggestion(title="Said in between")

    assert "Said in between" in text_of(Client(), address, host="two.example")
    assert "Said in between" not in text_of(Client(), address, host="one.example")
    assert Client().get(address, headers={"host": "elsewhere.example"}).status_code == 400


def test_part_for_htmx_is_kept_apart_from_the_page():
    address = reverse("suggestions:list")
    text_of(Client(), address)
    a_suggestion(title="Said in between")

    assert "Said in between" in text_of(Client(), address, hx_request="true")


def test_form_pages_are_never_kept():
    first, second = (text_of(Client(), "/sign-in/") for _visit in range(2))

    assert "csrfmiddlewaretoken" in first
    assert first != second


def test_public_pages_hold_no_token_of_a_form(settings):
    settings.LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
    suggestion = a_suggestion()

    for address in ("/", "/indicators/", "/promises/", reverse("suggestions:list"), suggestion.get_absolute_url()):
        response = Client().get(address)
        assert "csrfmiddlewaretoken" not in response.content.decode(), address
        assert "csrftoken" not in response.cookies, address


def test_language_can_be_chosen_on_a_page_of_its_own(settings):
    settings.LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/language/choose/?next=/suggestions/")
    token = page.content.decode().partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]

    chosen = browser.post("/language/", {"language": "nl", "next": "/suggestions/", "csrfmiddlewaretoken": token})

    assert (chosen.status_code, chosen["Location"]) == (302, "/suggestions/")
    assert '<html lang="nl"' in text_of(browser, "/suggestions/")


# --- The middleware by itself: what a view might do wrong ---------------------------------------------------------------


def answers_of(view, *requests):
    middleware = PageCacheMiddleware(same_for_everybody(login_not_required(view)))
    return [middleware(request).content for request in requests]


def counting(prepare=lambda request, response: None):
    """A view that answers each time with another number."""
    numbers = iter(range(100))

    def view(request):
        response = HttpResponse(str(next(numbers)))
        prepare(request, response)
        return response

    return view


def a_request(path="/", **more):
    return RequestFactory().get(path, **more)


def test_plain_answer_is_kept():
    assert answers_of(counting(), a_request(), a_request()) == [b"0", b"0"]


@pytest.mark.parametrize(
    "prepare",
    [
        lambda request, response: response.set_cookie("seen", "1"),
        lambda request, response: patch_vary_headers(response, ["User-Agent"]),
        lambda request, response: response.headers.setdefault("Cache-Control", "private"),
        lambda request, response: setattr(response, "status_code", 500),
    ],
    ids=["sets a cookie", "varies on something unknown", "says private", "is an error"],
)
def test_answer_that_may_belong_to_somebody_is_not_kept(prepare):
    assert answers_of(counting(prepare), a_request(), a_request()) == [b"0", b"1"]


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "sessionid=abc"},
        {"HTTP_COOKIE": "messages=abc"},
        {"HTTP_COOKIE": "kiosk=abc"},
        {"HTTP_COOKIE": "csrftoken=abc; whatever=1"},
        {"HTTP_AUTHORIZATION": "Bearer abc"},
    ],
)
def test_request_that_says_who_it_is_neither_gets_nor_leaves_a_kept_page(headers):
    stranger, known = a_request, lambda: a_request(**headers)

    assert answers_of(counting(), known(), stranger(), known(), stranger()) == [b"0", b"1", b"2", b"1"]


def test_view_that_does_not_offer_its_page_is_left_alone():
    middleware = PageCacheMiddleware(counting())

    assert [middleware(a_request()).content for _visit in range(2)] == [b"0", b"1"]


def test_posts_are_never_kept():
    middleware = PageCacheMiddleware(same_for_everybody(counting()))

    assert [middleware(RequestFactory().post("/")).content for _visit in range(2)] == [b"0", b"1"]


def test_page_comes_anew_while_the_cache_is_away(settings):
    settings.CACHES = {"default": {"BACKEND": "portal.caches.CityCache", "LOCATION": "redis://127.0.0.1:1/0"}}

    assert answers_of(counting(), a_request(), a_request()) == [b"0", b"1"]
