from dataclasses import replace

import pytest
from django import forms
from django.apps import apps
from django.template import Context, Template

from portal import checks, data_held
from portal.actions.retention import KEEPERS
from portal.checks import check_data_register, faults_of
from portal.data_register import Collected, OnErasure, register
from portal.models import AnswerBy
from suggestions.actions.retention import OWN_KEEPERS
from suggestions.forms.suggestions import SuggestionForm
from tests.factories import a_browser, a_service

PANEL = Template("{% load privacy %}{% who_holds form %}")


def codes(declared):
    return [code for code, _words in faults_of(declared)]


def test_every_column_and_every_field_of_a_form_is_declared():
    assert check_data_register() == []


def test_a_table_that_nobody_declared_is_refused():
    declared = register()
    without = replace(declared, tables={label: table for label, table in declared.tables.items() if label != "portal.Person"})

    assert "E001" in codes(without)


@pytest.mark.parametrize("name", ["phone", "is_active"])
def test_a_column_that_nobody_declared_is_refused(name):
    declared = register()
    person = declared.tables["portal.Person"]
    thinner = replace(
        person,
        held={column: held for column, held in person.held.items() if column != name},
        plain=" ".join(column for column in person.plain.split() if column != name),
    )

    assert codes(replace(declared, tables=declared.tables | {"portal.Person": thinner})).count("E002") == 1


def test_a_column_that_is_not_there_any_more_is_refused():
    declared = register()
    area = replace(declared.tables["portal.Area"], plain=declared.tables["portal.Area"].plain + " hat_size")

    assert codes(replace(declared, tables=declared.tables | {"portal.Area": area})) == ["E003"]


def test_a_form_that_asks_for_something_new_is_refused(monkeypatch):
    class Curious(SuggestionForm):
        birth_date = forms.DateField()

    declared = register()
    as_before = declared.forms["suggestions.forms.suggestions.SuggestionForm"]
    monkeypatch.setattr(checks, "our_forms", lambda: [Curious])

    found = codes(replace(declared, forms=declared.forms | {f"{Curious.__module__}.{Curious.__qualname__}": as_before}))

    assert found == ["E004"]


def test_data_without_a_rule_of_retention_are_refused():
    declared = register()

    assert "E005" in codes(replace(declared, rules={}))


def test_a_form_cannot_say_that_a_field_becomes_something_undeclared():
    declared = register()
    forms_ = declared.forms | {"portal.forms.CapacityForm": Collected({"capacity": "portal.Person.hat_size"})}

    assert codes(replace(declared, forms=forms_)) == ["E006"]


def test_whatever_an_erasure_leaves_says_why():
    silent = [
        (label, str(held.what)) for label, _table, held in register().entries() if held.on_erasure != OnErasure.GOES and not held.because
    ]

    assert not silent


def test_a_table_about_people_says_how_its_rows_are_found():
    """Sessions are found by reading each one; photos not yet sent belong to a session, and help was given to nobody with a name."""
    without = {label for label, table in register().tables.items() if table.held and not table.is_about_people}

    assert without == {"sessions.Session", "suggestions.HeldPhoto", "portal.HelpSession"}


def test_each_rule_that_ends_by_itself_has_what_ends_it_and_no_other():
    ends = {code for code, rule in register().rules.items() if rule.days is not None}

    assert ends == set(KEEPERS) | set(OWN_KEEPERS)
    assert not set(KEEPERS) & set(OWN_KEEPERS)


def test_each_rule_is_used():
    used = {held.kept for _label, _table, held in register().entries()}
    about_nobody = {"erasure", "retention_run"}

    assert used | about_nobody == set(register().rules)


def test_packages_below_are_declared_as_far_as_they_are_installed():
    declared = {label for label in data_held.TABLES if label.split(".")[0] in {"account", "mfa", "usersessions", "socialaccount"}}
    installed = {
        model._meta.label for model in apps.get_models() if model._meta.app_label in {"account", "mfa", "usersessions", "socialaccount"}
    }

    assert installed <= declared


@pytest.mark.django_db
def test_panel_tells_of_the_fields_of_this_form_and_no_others():
    form = SuggestionForm(service=a_service(), category=None, initial={"answer_by": AnswerBy.EMAIL})

    panel = PANEL.render(Context({"form": form}))

    assert "Your phone number" in panel
    assert "180 days" in panel
    assert "What you replied" not in panel


def test_panel_is_not_shown_where_nothing_is_asked(monkeypatch):
    class Nothing(forms.Form):
        pass

    monkeypatch.setitem(register().forms, f"{Nothing.__module__}.{Nothing.__qualname__}", Collected())

    assert "<details" not in PANEL.render(Context({"form": Nothing()}))


def test_panel_never_says_too_little(monkeypatch):
    class Curious(forms.Form):
        hat_size = forms.CharField()

    monkeypatch.setitem(register().forms, f"{Curious.__module__}.{Curious.__qualname__}", Collected())

    with pytest.raises(KeyError, match="hat_size"):
        PANEL.render(Context({"form": Curious()}))


@pytest.mark.django_db
def test_everybody_can_read_the_whole_register(settings):
    settings.DATA_PROTECTION_CONTACT = "dpo@city.example"

    page = a_browser().get("/privacy/").content.decode()

    assert "dpo@city.example" in page
    for rule in register().rules.values():
        assert str(rule.what) in page.replace("&#x27;", "'")
    for _label, _table, held in register().entries():
        assert str(held.what)[1:] in page.replace("&#x27;", "'")
