import pytest

from portal.models import Actor, Area, Role, Visibility
from suggestions.actions.follows import OnlyForYourself, follow, unfollow
from suggestions.models import Follow
from tests.factories import HOUR, MONDAY_NOON, a_browser, a_citizen, a_clerk, a_member, a_service, a_suggestion, nobody

NOON = MONDAY_NOON


def an_area(code: str = "harbour") -> Area:
    return Area.objects.get_or_create(code=code, defaults={"name": {"en": "Old harbour"}})[0]


@pytest.mark.django_db
def test_following_twice_is_following_once():
    citizen, suggestion = a_citizen(), a_suggestion()

    first, second = (follow(subject=suggestion, by=citizen, at=NOON + hours * HOUR) for hours in (0, 1))

    assert first == second
    assert second.since_at == NOON


@pytest.mark.django_db
def test_who_stops_and_follows_again_has_two_stretches():
    citizen, service = a_citizen(), a_service()
    follow(subject=service, by=citizen, at=NOON)

    stopped = [unfollow(subject=service, by=citizen, at=NOON + HOUR) for _ in range(2)]
    follow(subject=service, by=citizen, at=NOON + 2 * HOUR)

    assert stopped == [True, False]
    assert list(Follow.objects.order_by("id").values_list("until_at", flat=True)) == [NOON + HOUR, None]


@pytest.mark.django_db
def test_only_somebody_who_is_there_for_themselves_can_follow():
    suggestion = a_suggestion()

    for actor in (nobody(), a_member(Role.HELPER), Actor.objects.receipt(suggestion.reference)):
        with pytest.raises(OnlyForYourself):
            follow(subject=suggestion, by=actor, at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("noun", ["suggestion", "service", "area"])
def test_citizen_follows_and_stops_by_one_button_each(noun):
    citizen = a_citizen()
    subject, address = {
        "suggestion": lambda: (suggestion := a_suggestion(), f"/suggestions/{suggestion.reference}/follow/"),
        "service": lambda: (a_service(), "/follow/services/bikes/"),
        "area": lambda: (an_area(), "/follow/areas/harbour/"),
    }[noun]()
    browser = a_browser(citizen)

    page = browser.get(address)
    browser.post(address)
    followed = Follow.objects.of(citizen).filter(**{noun: subject}).exists()
    browser.post(address, {"stop": "1"})

    assert page.status_code == 200
    assert followed
    assert not Follow.objects.of(citizen).exists()


@pytest.mark.django_db
def test_signed_out_reader_finds_a_link_and_no_form_and_comes_back_after_signing_in():
    suggestion = a_suggestion()
    address = f"/suggestions/{suggestion.reference}/follow/"

    page = a_browser().get(suggestion.get_absolute_url()).content.decode()
    asked = a_browser().get(address)

    assert f'href="{address}"' in page
    assert f'action="{address}"' not in page
    assert asked.status_code == 302
    assert "next=" in asked["Location"]


@pytest.mark.django_db
def test_chosen_service_and_area_can_be_followed_from_the_list():
    a_suggestion(area=an_area())

    page = a_browser().get("/suggestions/?service=bikes&area=harbour").content.decode()

    assert 'href="/follow/services/bikes/"' in page
    assert 'href="/follow/areas/harbour/"' in page
    assert "/suggestions/feed.atom?service=bikes&amp;area=harbour" in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/follow/services/nothing/", "/follow/areas/nothing/", "/suggestions/AN-7Q4K-2M9C-X/follow/"])
def test_what_does_not_exist_cannot_be_followed(address):
    assert a_browser(a_citizen()).post(address).status_code == 404


@pytest.mark.django_db
def test_what_is_not_public_cannot_be_followed_by_others():
    hidden = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)

    assert a_browser(a_citizen()).post(f"/suggestions/{hidden.reference}/follow/").status_code == 404


@pytest.mark.django_db
def test_role_cannot_follow_and_the_page_says_why():
    suggestion, browser = a_suggestion(), a_browser(a_clerk())
    address = f"/suggestions/{suggestion.reference}/follow/"

    page, pressed = browser.get(address).content.decode(), browser.post(address)

    assert "Only somebody who is here for themselves can follow." in page
    assert pressed.status_code == 403
    assert not Follow.objects.exists()


@pytest.mark.django_db
def test_button_leads_only_to_pages_of_ours():
    suggestion, browser = a_suggestion(), a_browser(a_citizen())

    away = browser.post(f"/suggestions/{suggestion.reference}/follow/", {"next": "https://elsewhere.example/"})
    back = browser.post(f"/suggestions/{suggestion.reference}/follow/", {"next": "/mine/#follows"})

    assert (away["Location"], back["Location"]) == (suggestion.get_absolute_url(), "/mine/#follows")


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_my_page_takes_as_many_queries_for_three_rows_as_for_one(rows, django_assert_max_num_queries):
    citizen = a_citizen()
    browser = a_browser(citizen)
    for number in range(rows):
        suggestion = a_suggestion(by=citizen, title=f"Brake {number}")
        follow(subject=suggestion, by=citizen, at=NOON)
        follow(subject=an_area(f"area-{number}"), by=citizen, at=NOON)
    browser.get("/mine/")

    with django_assert_max_num_queries(16):
        page = browser.get("/mine/").content.decode()

    assert page.count("Brake ") >= 2 * rows
    assert page.count("Stop following") == 2 * rows


@pytest.mark.django_db
def test_my_page_does_not_name_what_i_may_not_read_any_more():
    citizen, suggestion = a_citizen(), a_suggestion(title="Secret by now")
    follow(subject=suggestion, by=citizen, at=NOON)
    type(suggestion).objects.filter(pk=suggestion.pk).update(visibility=Visibility.CITY_AND_OPERATOR)

    assert "Secret by now" not in a_browser(citizen).get("/mine/").content.decode()


@pytest.mark.django_db
def test_role_has_no_page_of_its_own_and_begins_at_its_desk():
    assert a_browser(a_clerk()).get("/mine/").status_code == 302
