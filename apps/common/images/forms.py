"""The form field for a picture."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.common.images.errors import ImageRefused
from apps.common.images.processing import CENTRE, ProcessedImage, process
from apps.common.images.purposes import MEBIBYTE, get_purpose

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
