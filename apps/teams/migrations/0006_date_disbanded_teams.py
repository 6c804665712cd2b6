from django.db import migrations
from django.db.models.functions import Now


def date(apps, schema_editor):
    """Begin the thirty days of teams that disbanded before they were counted."""
    apps.get_model("teams", "Team").objects.filter(is_active=False, disbanded_at=None).update(disbanded_at=Now())


class Migration(migrations.Migration):
    dependencies = [("teams", "0005_past_names_and_grace")]

    operations = [migrations.RunPython(date, migrations.RunPython.noop)]
