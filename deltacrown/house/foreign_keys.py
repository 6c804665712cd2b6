"""A foreign key points downwards: a lower app's table must not need a higher app's."""

from collections.abc import Iterable, Iterator

from django.apps import apps as registry
from django.db.models import Model

from deltacrown.house.layers import HEIGHT, may_use


def find(models: Iterable[type[Model]] | None = None) -> Iterator[str]:
    """Yield a sentence for each relation of ours that points upwards or sideways. Other people's apps count as low."""
    for model in models if models is not None else registry.get_models(include_auto_created=True):
        owner = model._meta.app_label
        if owner not in HEIGHT:
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            if field.auto_created or not isinstance(target, type):
                continue
            used = target._meta.app_label
            if used in HEIGHT and not may_use(owner, used):
                yield f"{model._meta.label}.{field.name} points to {target._meta.label}: {owner} stands below {used}"
