"""Which logger writes where, in the form of ``logging.config.dictConfig``."""

import logging
from pathlib import Path
from typing import Any

# Libraries that tell at INFO what only their authors want to know.
_TALKATIVE = ("asyncio", "botocore", "boto3", "s3transfer", "urllib3", "PIL", "factory", "faker", "httpx", "httpcore")


def configuration(*, environment: str, level: str, directory: str = "") -> dict[str, Any]:
    """Return the logging of one process.

    Args:
        environment: Staging and production write JSON, the others lines for people.
        level: The least severe level that is written, for everything.
        directory: When given, ``django.log`` and ``celery.log`` are written there too, beside standard output.
    """
    form = "json" if environment in {"staging", "production"} else "readable"
    handlers: dict[str, Any] = {"console": {"class": "apps.core.logging.handlers.OutputHandler", "formatter": form}}
    handlers["failures"] = {"class": "apps.core.failures.handler.FailureHandler", "level": "ERROR"}
    if directory:
        for name in ("django", "celery"):
            handlers[name] = {
                "class": "apps.core.logging.handlers.SharedFileHandler",
                "filename": str(Path(directory) / f"{name}.log"),
                "formatter": form,
            }
    everywhere = ["console", "failures", *(["django"] if directory else [])]
    of_celery = ["console", "failures", *(["celery"] if directory else [])]
    at_least_warning = max(logging.getLevelNamesMapping()[level], logging.WARNING)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {form: {"()": "apps.core.logging.formatting.LineFormatter", "form": form}},
        "filters": {"raised": {"()": "apps.core.logging.handlers.RaisedFilter"}},
        "handlers": handlers,
        "root": {"handlers": everywhere, "level": level},
        "loggers": {
            # These two write through the root logger, so that whoever listens there hears them.
            "django": {"handlers": [], "level": level, "propagate": True},
            "apps": {"handlers": [], "level": level, "propagate": True},
            "celery": {"handlers": of_celery, "level": level, "propagate": False},
            # The access line of apps.core says it better, for every server; what was raised stays.
            "django.request": {"level": "ERROR", "propagate": True, "filters": ["raised"]},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.channels.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
            "daphne.ws_protocol": {"handlers": [], "level": "WARNING", "propagate": True},
            "daphne.http_protocol": {"handlers": [], "level": "WARNING", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            # At DEBUG it writes every statement with its parameters, which are people's data.
            "django.db.backends": {"level": "INFO", "propagate": True},
            **{name: {"level": at_least_warning, "propagate": True} for name in _TALKATIVE},
        },
    }
