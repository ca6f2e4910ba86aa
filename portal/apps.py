from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from portal.checks import check_data_register


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("The city as configured")

    def ready(self) -> None:
        register(check_data_register)
