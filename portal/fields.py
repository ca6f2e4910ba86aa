from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class PerLanguageText(dict[str, str]):
    """One text in several languages; read as a string it is the reader's language, else the leading one."""

    def __str__(self) -> str:
        return self.get(get_language() or "") or self.get(settings.LEADING_LANGUAGE) or next(iter(self.values()), "")


class PerLanguageField(models.JSONField):
    """Texts by language code, such as {"nl": "Fietsen", "en": "Bicycles"}; the city's leading language must be there."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> PerLanguageText | None:
        texts = super().from_db_value(value, expression, connection)
        return PerLanguageText(texts) if isinstance(texts, dict) else texts

    def to_python(self, value: Any) -> Any:
        return PerLanguageText(value) if isinstance(value, dict) else value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise ValidationError(_('Write the texts by language, such as {"en": "Bicycles"}.'))
        if not value.get(settings.LEADING_LANGUAGE, "").strip():
            raise ValidationError(
                _("The text in the leading language (%(language)s) is missing."), params={"language": settings.LEADING_LANGUAGE}
            )
