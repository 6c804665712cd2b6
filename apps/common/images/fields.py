"""The column that remembers a stored image."""

from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import models

from apps.common.images.purposes import Purpose, get_purpose


class StoredImage(str):
    """The name under which the renditions of one image lie in storage; false when there is none.

    ``"avatar/3f/3fa…"`` stands for the files ``avatar/3f/3fa…-64.webp`` and so on, one per width of its purpose.
    """

    purpose: Purpose

    def __new__(cls, name: str, purpose: Purpose) -> "StoredImage":
        """Return ``name`` as an image of ``purpose``."""
        image = super().__new__(cls, name)
        image.purpose = purpose
        return image

    def file_name(self, width: int) -> str:
        """Return the storage name of one rendition."""
        return f"{self}-{width}.webp"

    @property
    def file_names(self) -> list[str]:
        """Return the storage names of all renditions; none for no image."""
        return [self.file_name(width) for width in self.purpose.widths] if self else []

    def url(self, at_least: int = 0) -> str:
        """Return the address of the smallest rendition that is ``at_least`` pixels wide, else of the largest."""
        if not self:
            return ""
        wide_enough = [width for width in self.purpose.widths if width >= at_least]
        return default_storage.url(self.file_name(wide_enough[0] if wide_enough else self.purpose.widths[-1]))

    @property
    def srcset(self) -> str:
        """Return the ``srcset`` value that lets the browser choose."""
        return ", ".join(f"{self.url(width)} {width}w" for width in self.purpose.widths) if self else ""


class _Attribute:
    """Gives ``instance.avatar`` as a :class:`StoredImage`, whatever plain text was assigned."""

    def __init__(self, field: "RenditionsField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        return instance.__dict__[self.field.attname]

    def __set__(self, instance: models.Model, value: str | None) -> None:
        instance.__dict__[self.field.attname] = StoredImage(value or "", get_purpose(self.field.purpose))


if TYPE_CHECKING:
    _Column = models.CharField[str, StoredImage]
else:
    _Column = models.CharField


class RenditionsField(_Column):
    """A column for an image of one purpose: ``logo = RenditionsField(purpose="team_logo")``.

    It is written only through :func:`apps.common.images.assign`, which also removes the files of the old image.
    The purpose is not part of the database's shape, so changing sizes needs no migration.
    """

    descriptor_class = _Attribute

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        """``purpose`` is a name registered in ``apps.common.images.purposes``."""
        self.purpose = purpose
        super().__init__(*args, **{"max_length": 100, "blank": True, "default": "", "editable": False, **kwargs})

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Put the attribute on real models; a migration's historical model keeps the plain text."""
        super().contribute_to_class(cls, name, private_only)
        if self.purpose:
            setattr(cls, self.attname, _Attribute(self))

    def get_prep_value(self, value: Any) -> Any:
        """Give the driver a plain ``str``."""
        return None if value is None else str.__str__(value)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Describe the column for a migration."""
        name, _path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "blank", "default", "editable"):
            kwargs.pop(fixed, None)
        return name, "apps.common.images.fields.RenditionsField", args, kwargs
