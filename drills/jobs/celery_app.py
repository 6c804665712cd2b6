"""The platform's Celery application, with the tasks and the schedule of the drill."""

from datetime import timedelta

from deltacrown.celery import app

REGULAR_EVERY = timedelta(seconds=2)

app.conf.imports = ("drills.jobs.tasks",)
app.conf.beat_schedule = {
    "drill-regular": {"task": "drill.leave_mark", "schedule": REGULAR_EVERY, "kwargs": {"mark": "regular"}},
}
app.conf.beat_max_loop_interval = 1
