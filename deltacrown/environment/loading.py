"""Reads the process environment and ``.env``, fills in what depends on the environment, and checks it."""

import difflib
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from dotenv import dotenv_values
from pydantic import ValidationError

from deltacrown.environment.problems import ImproperEnvironment, Problem
from deltacrown.environment.rules import find_broken_rules
from deltacrown.environment.variables import Environment
from deltacrown.local import servers

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = (BASE_DIR / "var").resolve()  # in a release a link to where the data of all releases is

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
MAILBOX_BACKEND = "apps.core.mailbox.backend.MailboxBackend"
LOCAL_HOSTS = "localhost,127.0.0.1,[::1],.localhost"

# sysexits.h: a configuration error. Supervisors read it as "do not restart".
EXIT_CONFIGURATION = 78


def load(
    process: Mapping[str, str],
    dotenv_file: Path | None = None,
    embedded: Callable[[], Mapping[str, str]] = dict,
) -> Environment:
    """Return the checked environment.

    Args:
        process: The process environment; it wins over the file. Empty values count as absent.
        dotenv_file: A ``.env`` file, read when it exists.
        embedded: Asked in development for the variables of the servers that this checkout runs. They fill what nobody
            named; a variable that is named and empty stays empty.

    Raises:
        ImproperEnvironment: with every problem at once. No value of a variable is in it.
    """
    from_file = dotenv_values(dotenv_file) if dotenv_file and dotenv_file.is_file() else {}
    known = Environment.model_fields
    named = {name: value for name, value in {**from_file, **process}.items() if name in known}
    given = {name: value for name, value in named.items() if value}
    name = given.get("ENVIRONMENT", "development")
    if name == "development" and "DB_HOST" not in given:
        given |= {key: value for key, value in embedded().items() if key in known and key not in named}
    values = {**_derived_defaults(name, given), **given}

    problems = [_unknown(key) for key in from_file if key not in known and _nearest(key)]
    rejected: set[str] = set()
    try:
        Environment(**values)
    except ValidationError as error:
        for detail in error.errors(include_input=False, include_url=False):
            variable = str(detail["loc"][0])
            if variable in rejected:
                continue
            rejected.add(variable)
            if variable in given:  # a default that comes from another variable is wrong only because that one is
                problems.append(Problem(variable, _reason(detail), _example(variable)))
    # The rules run over what did validate, so that one round of corrections is enough.
    sound = Environment(
        **{key: value for key, value in values.items() if key not in rejected} | _stand_ins(name, rejected)
    )
    problems += [problem for problem in find_broken_rules(sound, given) if problem.variable not in rejected]
    if problems:
        order = list(known)
        problems.sort(key=lambda problem: order.index(problem.variable) if problem.variable in order else len(order))
        raise ImproperEnvironment(sound.ENVIRONMENT, problems)
    return sound


def load_or_exit() -> Environment:
    """Load for this process. A wrong environment ends it with the message and exit status 78, without a traceback."""
    testing = os.environ.get("ENVIRONMENT") == "testing"
    try:
        # A developer's own .env must not decide what the tests prove.
        return load(_with_release(os.environ), None if testing else BASE_DIR / ".env", servers.running)
    except ImproperEnvironment as error:
        _exit(str(error))


def _with_release(process: Mapping[str, str], folder: Path = BASE_DIR) -> dict[str, str]:
    """Add what a release says of itself, also to commands at the shell and to timers: ``deploy/release`` writes it."""
    own = dotenv_values(folder / "release.env") if (folder / "release.env").is_file() else {}
    return {**{name: value for name, value in own.items() if value}, **process}


def _exit(message: str) -> NoReturn:
    print(message, file=sys.stderr)  # noqa: T201 - logging is configured from the environment that failed
    raise SystemExit(EXIT_CONFIGURATION)


def _derived_defaults(name: str, given: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the defaults that depend on the environment's name."""
    development, testing = name == "development", name == "testing"
    defaults: dict[str, Any] = {
        "DEBUG": development,
        "SECRET_KEY": "",
        "ALLOWED_HOSTS": "",
        "SITE_URL": "https://site-url.invalid",
        "TRUSTED_PROXIES": 0 if development or testing else 1,
        "ADMIN_REQUIRE_MFA": not development,
        "CELERY_BROKER_URL": given.get("REDIS_URL") or "",
        "EMAIL_BACKEND": SMTP_BACKEND,
    }
    if development:
        defaults |= {
            "SECRET_KEY": given.get("SECRET_KEY") or _own_secret_key(),
            "ALLOWED_HOSTS": LOCAL_HOSTS,
            "SITE_URL": "http://localhost:8000",
            "EMAIL_BACKEND": MAILBOX_BACKEND,
        }
    if testing:
        defaults |= {
            "SECRET_KEY": "a key of the tests, which sign nothing that anybody keeps: 0123456789",
            "ALLOWED_HOSTS": LOCAL_HOSTS + ",testserver",
            "SITE_URL": "http://testserver",
            "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        }
    return defaults


def _stand_ins(name: str, rejected: set[str]) -> dict[str, Any]:
    """Return something valid for each rejected variable, so that the rules can look at the others."""
    fields = Environment.model_fields
    defaults = _derived_defaults(
        name if name in {"development", "testing", "staging", "production"} else "production", {}
    )
    return {
        variable: defaults.get(variable, "production" if variable == "ENVIRONMENT" else fields[variable].default)
        for variable in rejected
    }


def _own_secret_key() -> str:
    """Return the development key of this checkout, made at first use and kept so that logins outlive a restart."""
    path = DATA_DIR / "secret-key"
    if not path.is_file():
        DATA_DIR.mkdir(exist_ok=True)
        draft = path.with_name(f"secret-key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # only the first of several processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def _nearest(key: str) -> str | None:
    matches = difflib.get_close_matches(key.upper(), Environment.model_fields, n=1, cutoff=0.8)
    return matches[0] if matches else None


def _unknown(key: str) -> Problem:
    return Problem(key, f"is not a variable of DeltaCrown. Did you mean {_nearest(key)}?")


def _example(variable: str) -> str:
    examples = Environment.model_fields[variable].examples
    return str(examples[0]) if examples else ""


def _reason(detail: Any) -> str:
    """Say pydantic's finding in our words; they never hold the value."""
    context = detail.get("ctx", {})
    reasons = {
        "bool_parsing": "is neither true nor false: write True or False.",
        "int_parsing": "is not a whole number.",
        "literal_error": f"must be {context.get('expected')}.",
        "greater_than_equal": f"must be {context.get('ge')} or more.",
        "less_than_equal": f"must be {context.get('le')} or less.",
    }
    if detail["type"] == "value_error":
        return f"{context['error']}."
    return reasons.get(detail["type"], f"is not valid: {detail['type'].replace('_', ' ')}.")
