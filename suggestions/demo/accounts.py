"""Who can sign in to the demo. Password and app are public: they open nothing but the demo."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password

from portal.actions.accounts import add_app, confirm_address
from portal.actions.organisations import appoint
from portal.models import Organisation, Person, Role

DEMO_PASSWORD = "demo-demo-demo"


@dataclass(frozen=True)
class Account:
    """Somebody of the demo: in which organisation and role, and what one can do there."""

    email: str
    sentence: str
    organisation: str = ""
    role: Role | None = None
    is_superuser: bool = False


def _mail(name: str) -> str:
    return f"{name}@demo.example"


AGENT_BICYCLES, MANAGER_BICYCLES = _mail("bicycle.agent"), _mail("bicycle.manager")
AGENT_WASTE, MANAGER_WASTE = _mail("waste.agent"), _mail("waste.manager")
CLERK, CITY_MANAGER, HELPER = _mail("city.clerk"), _mail("city.manager"), _mail("helper")
CITIZENS = (_mail("citizen"), _mail("second.citizen"))

DEMO_ACCOUNTS = (
    Account(AGENT_BICYCLES, "answers for the bicycle operator", "demofiets", Role.OPERATOR_AGENT),
    Account(MANAGER_BICYCLES, "manages the bicycle operator: later promises, second decisions", "demofiets", Role.OPERATOR_MANAGER),
    Account(AGENT_WASTE, "answers for the waste operator", "demoschoon", Role.OPERATOR_AGENT),
    Account(MANAGER_WASTE, "manages the waste operator", "demoschoon", Role.OPERATOR_MANAGER),
    Account(CLERK, "sees every case of the city at once and may answer in an operator's place", "city", Role.CITY_CLERK),
    Account(CITY_MANAGER, "manages the contracts and settles what operators propose", "city", Role.CITY_MANAGER),
    Account(_mail("council.secretary"), "is told what reached the political level", "city", Role.COUNCIL_SECRETARY),
    Account(_mail("verification"), "looks at the supports that are in doubt", "city", Role.VERIFICATION_OFFICER),
    Account(_mail("auditor"), "reads the logs and the methods", "city", Role.AUDITOR),
    Account(HELPER, "helps people at the library, one at a time", "city", Role.HELPER),
    Account(CITIZENS[0], "a citizen who has sent suggestions"),
    Account(CITIZENS[1], "another citizen"),
    Account(_mail("administrator"), "opens the administration", is_superuser=True),
)


def open_accounts(organisations: dict[str, Organisation], *, at: datetime) -> None:
    """Make every account of the demo, with its role and its app; one slow hash serves them all, since the password is public."""
    password = make_password(DEMO_PASSWORD)
    for account in DEMO_ACCOUNTS:
        person = Person.objects.create(
            email=account.email, password=password, is_staff=account.is_superuser, is_superuser=account.is_superuser
        )
        confirm_address(person=person, email=account.email, at=at)
        if account.role or account.is_superuser:
            add_app(person=person, secret=settings.DEMO_APP_SECRET)
        if account.role:
            appoint(person=person, organisation=organisations[account.organisation], role=account.role, at=at)
