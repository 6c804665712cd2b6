"""The form field for a picture, and a form whose pictures survive a refusal."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.common.images.errors import ImageRefused
from apps.common.images.processing import CENTRE, ProcessedImage, process
from apps.common.images.purposes import MEBIBYTE, get_purpose
from apps.common.images.staging import StagedImage, find_staged, stage, staged

ACCEPT = "image/jpeg,image/png,image/webp"


class ImageUploadField(forms.FileField):
    """A file input whose cleaned value is a :class:`ProcessedImage`, or ``None`` when nothing was chosen.

    A form that asks what the crop should keep sets ``focus`` on its field.
    """

    widget = forms.FileInput

    def __init__(self, *, purpose: str, **kwargs: Any) -> None:
        """``purpose`` is a name registered in ``apps.common.images.purposes``."""
        self.purpose = get_purpose(purpose)
        self.focus = CENTRE
        needs = f"At least {self.purpose.min_width} × {self.purpose.min_height} pixels"
        kwargs.setdefault("help_text", f"JPEG, PNG or WebP. {needs}, at most {self.purpose.max_bytes // MEBIBYTE} MB.")
        super().__init__(allow_empty_file=True, **kwargs)  # the processing says better what is wrong

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        """Let the phone's file picker offer pictures only; the server checks anyway."""
        return {**super().widget_attrs(widget), "accept": ACCEPT}

    def clean(self, data: UploadedFile | None, initial: Any = None) -> Any:
        """Return the processed picture. Raises :class:`ImageRefused` with the reason."""
        if not data:
            if self.required:
                raise forms.ValidationError("Choose a picture first.", code="required")
            return None
        if data.size is not None and data.size > self.purpose.max_bytes:  # before a byte is read
            megabytes = self.purpose.max_bytes // MEBIBYTE
            raise ImageRefused(
                f"The file is larger than {megabytes} MB. Make it smaller and try again.", code="too_heavy"
            )
        processed: ProcessedImage = process(data, purpose=self.purpose.name, focus=self.focus)
        return processed


class PictureForm(forms.Form):
    """Keeps the chosen pictures when it is shown again, which no file input can.

    The view calls ``keep`` before it shows the form again, and the page draws ``kept``: each with the hidden input
    ``<field>_kept``. A picture chosen anew replaces the kept one.
    """

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        """``owner`` names whose pictures these are; nobody else's token is taken."""
        self.owner = owner
        self.kept: dict[str, StagedImage] = {}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Take the kept picture where none was chosen anew."""
        super().clean()
        for name, field in self._pictures().items():
            token = self._token(name)
            if token and name not in self.errors and self.cleaned_data.get(name) is None:
                self.cleaned_data[name] = staged(token, purpose=field.purpose.name, owner=self.owner)
                if self.cleaned_data[name] is None:
                    self.add_error(name, "The picture is no longer here. Choose it again.")
        return self.cleaned_data

    def keep(self) -> None:
        """Store what was chosen until the form comes back."""
        for name, field in self._pictures().items():
            chosen = self.cleaned_data.get(name) if self.add_prefix(name) in self.files else None
            if chosen is not None:
                self.kept[name] = stage(chosen, owner=self.owner)
            elif known := find_staged(self._token(name), purpose=field.purpose.name, owner=self.owner):
                self.kept[name] = known

    def _pictures(self) -> dict[str, ImageUploadField]:
        return {name: field for name, field in self.fields.items() if isinstance(field, ImageUploadField)}

    def _token(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(f"{name}_kept"), ""))[:500]
