"""The rules of the house that a machine can check."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from portal.api.doors import Door

ROOT = Path(settings.BASE_DIR)
OURS = ("portal", "suggestions", "reports")
SOURCES = [path for app in OURS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))

PUBLIC_VIEWS = {
    "portal:api",
    "portal:languages",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_login_by_password",
    "account_request_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_callback",
    "openid_connect_login",
    "portal:mailbox",
    "portal:sign_out",
    "socialaccount_login_cancelled",
    "portal:sign_in",
    "portal_api:openapi",
    "reports:indicators",
    "reports:promises",
    "reports:so_far",
    "reports:specimens",
    "reports:start",
    "set_language",
    "suggestions:appeal",
    "suggestions:broken_promises_feed",
    "suggestions:case_feed",
    "suggestions:case_data",
    "suggestions:case_data_csv",
    "suggestions:case_data_json",
    "suggestions:check",
    "suggestions:detail",
    "suggestions:drop_held",
    "suggestions:edit",
    "suggestions:erase_case",
    "suggestions:erasure_receipt",
    "suggestions:follow",
    "suggestions:forget",
    "suggestions:ground",
    "suggestions:held_photo",
    "suggestions:kiosk_enrol",
    "suggestions:kiosk_start",
    "suggestions:kiosk_wipe",
    "suggestions:list",
    "suggestions:list_feed",
    "suggestions:moderation_log",
    "suggestions:map",
    "suggestions:own_photos",
    "suggestions:photo",
    "suggestions:pins",
    "suggestions:privacy",
    "suggestions:receipt",
    "suggestions:reply",
    "suggestions:remove_photo",
    "suggestions:report",
    "suggestions:satisfaction",
    "suggestions:support",
    "suggestions:take_back",
    "suggestions:unsubscribe",
    "suggestions:throw_away",
    "suggestions:verdict",
    "suggestions:withdraw",
    "suggestions:write",
    "suggestions:write_about",
    "suggestions:write_details",
    "suggestions:write_photos",
}

TOP_LEVEL = {"manage.py", "requirements.txt", "README.md", "pyproject.toml", "LICENSE", *OURS, "templates", "tests"}


def named_views(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_views(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern.callback


def test_a_page_is_public_only_when_it_is_on_this_list():
    named = named_views(get_resolver().url_patterns)
    public = {name for name, view in named if not getattr(view, "login_required", True) and not is_door(view)}

    assert {name for name in public if not name.startswith("admin:")} == PUBLIC_VIEWS


OPEN_DOORS = {
    "portal_api:areas",
    "portal_api:assets",
    "portal_api:city_rules",
    "portal_api:contract",
    "portal_api:contracts",
    "portal_api:criteria",
    "portal_api:no_door",
    "portal_api:service",
    "portal_api:services",
    "reports:api_indicators",
    "suggestions_api:obligations",
    "suggestions_api:responses",
    "suggestions_api:suggestion",
    "suggestions_api:suggestions",
    "suggestions_api:support",
    "suggestions_api:supports",
    "suggestions_api:withdraw",
}


def is_door(view: object) -> bool:
    """DRF's views stand outside the middleware that closes pages; Door closes them itself."""
    return issubclass(getattr(view, "cls", object), Door)


def test_an_interface_lets_everybody_read_only_where_it_is_on_this_list():
    doors = {name: view for name, view in named_views(get_resolver().url_patterns) if hasattr(view, "cls")}

    assert all(is_door(view) for view in doors.values())
    assert {name for name, view in doors.items() if view.cls.is_open} == OPEN_DOORS


def test_every_act_of_an_interface_names_its_scope():
    for name, view in named_views(get_resolver().url_patterns):
        if is_door(view):
            acts = {action for method, action in getattr(view, "actions", {}).items() if method not in {"get", "head"}}
            assert acts == set(view.cls.scopes) & acts, name


def test_top_level_holds_nothing_else():
    """Of what is kept in the repository; what somebody leaves lying in a checkout is theirs."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    kept = {name.split("/")[0] for name in listed.stdout.split()} if listed.returncode == 0 else TOP_LEVEL

    assert {name for name in kept if not name.startswith(".")} == TOP_LEVEL


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_code_or_style(template):
    text = re.sub(r"{%.*?%}|{{.*?}}", "", template.read_text())

    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_is_left_half_done(template):
    assert not re.search(r"TODO|FIXME|lorem ipsum", template.read_text(), re.IGNORECASE)


def test_no_room_for_leftovers():
    assert not [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc", "selectors"}]


def test_no_model_orders_itself_or_points_at_anything():
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            assert not model._meta.ordering, f"{model.__name__} has a default ordering."
            assert not model._meta.private_fields, f"{model.__name__} has a generic foreign key."


def test_no_signal_receivers_of_our_own():
    assert not [path for path in SOURCES if re.search(r"@receiver|\b(pre|post)_(save|delete|init|migrate)\b", path.read_text())]


def public_actions() -> Iterator[tuple[str, object]]:
    for app in OURS:
        package = importlib.import_module(f"{app}.actions")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == found.name and not name.startswith("_"):
                    yield f"{found.name}.{name}", function


def test_actions_that_take_a_moment_name_their_arguments():
    """What kind and what about may stand in front; the rest is named."""
    loose = []
    for name, function in public_actions():
        parameters = inspect.signature(function).parameters
        positional = [parameter for parameter in parameters.values() if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
        if {"by", "at"} <= set(parameters) and len(positional) > 2:
            loose.append(name)

    assert not loose


def test_actions_never_read_the_clock_the_request_or_the_queue():
    forbidden = re.compile(r"wall_clock|timezone\.now|datetime\.now|celery|\brequest\b(?!=)|\.delay\(")
    guilty = [path for path in SOURCES if "actions" in path.parts and forbidden.search(code_of(path))]

    assert not guilty


def code_of(path: Path) -> str:
    """The source without its docstrings and comments."""
    return ast.unparse(ast.parse(path.read_text()))


def test_every_form_posts_with_a_token():
    for template in TEMPLATES:
        for form in re.findall(r"<form\b.*?</form>", template.read_text(), re.DOTALL | re.IGNORECASE):
            if re.search(r"method=\"post\"", form, re.IGNORECASE):
                assert "csrf_token" in form, f"A form of {template.name} posts without a token."


def test_every_text_of_a_page_can_be_translated():
    bare = re.compile(r">\s*([A-Z][a-z]+(?: [a-z]+){2,}[^<{]*)<")
    for template in TEMPLATES:
        found = bare.findall(re.sub(r"{%\s*blocktrans.*?endblocktrans\w*\s*%}", "", template.read_text(), flags=re.DOTALL))
        assert not found, f"{template.name} holds a sentence outside gettext: {found[:2]}"
