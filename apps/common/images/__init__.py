"""Pictures that people upload: checked by content, re-encoded to WebP in the sizes of their purpose.

logo = images.RenditionsField(purpose="team_logo")                  # the model
logo = images.ImageUploadField(purpose="team_logo")                 # the form: cleaned_data is a ProcessedImage
with images.writing(processed) as stored, transaction.atomic(): …   # the service, see ``storing``
{% load images %}{% picture team.logo sizes="64px" alt="" %}        # the page
"""

from apps.common.images.errors import ImageRefused, StorageTooSlow
from apps.common.images.fields import RenditionsField, StoredImage
from apps.common.images.forms import ImageUploadField, PictureForm
from apps.common.images.processing import ProcessedImage, process
from apps.common.images.purposes import Purpose, get_purpose, register
from apps.common.images.storing import assign, delete_files, writing

__all__ = [
    "ImageRefused",
    "ImageUploadField",
    "PictureForm",
    "ProcessedImage",
    "Purpose",
    "RenditionsField",
    "StorageTooSlow",
    "StoredImage",
    "assign",
    "delete_files",
    "get_purpose",
    "process",
    "register",
    "writing",
]
