"""What the tables of this app hold about people: nothing but figures."""

from django.utils.translation import gettext_lazy as _

from portal.data_register import Collected, RetentionRule, Table

RULES: list[RetentionRule] = []

TABLES = {
    "reports.IndicatorValue": Table(
        _("Figures"),
        plain="id code measure definition code_version scope window_from window_until as_of is_provisional value low high n events"
        " censored_share facts withheld computed_at",
    ),
}

FORMS: dict[str, Collected] = {}
