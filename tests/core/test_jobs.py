import pytest
from celery import shared_task

from apps.core import jobs
from apps.core.models import Job


@shared_task(bind=True, name="tests.note")
def note(self, x):
    return {"x": x}


def test_it(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("tests.note", x=1)
    job.refresh_from_db()
    assert job.state == "succeeded"
    assert job.result == {"x": 1}
    with pytest.raises(TypeError):
        jobs.enqueue("tests.note", y=1)
    assert Job.objects.count() == 1
