from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suggestions.models import Photo
from suggestions.pictures import too_many_bytes


class PhotoForm(forms.Form):
    """One photo and what can be seen on it; whether it is a photo at all is found out by the action."""

    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("A JPEG, PNG or WebP picture of at most 10 MB. We remove where and when it was taken from the file."),
        error_messages={
            "required": _("Choose a photo first."),
            "invalid": _("Choose a photo first."),
            "missing": _("Choose a photo first."),
            "empty": _("This file is empty. Choose another one."),
        },
    )
    description = forms.CharField(
        label=_("What can be seen on it?"),
        required=False,
        max_length=200,
        help_text=_("For people who cannot see the photo. Everybody can read it."),
        error_messages={"max_length": _("Keep the description within 200 characters.")},
    )

    def __init__(self, *args: Any, left_out: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if left_out:  # it grew beyond the limit while it came in
            self.fields["photo"].error_messages["required"] = str(too_many_bytes())


class ReviewPhotoForm(forms.Form):
    SHOW, REFUSE = "show", "refuse"

    verdict = forms.ChoiceField(
        label=_("What should happen with it?"),
        choices=[(SHOW, _("Show it to everybody")), (REFUSE, _("Do not show it: delete the file"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the photo is shown."), "invalid_choice": _("Choose whether the photo is shown.")},
    )
    ground = forms.ChoiceField(
        label=_("Why is it not shown?"), required=False, choices=[("", "—"), *Photo.Ground.choices],
        error_messages={"invalid_choice": _("Choose one of the grounds in the list.")},
    )
    note = forms.CharField(
        label=_("What should the author know?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("Keep it within 300 characters.")},
    )
