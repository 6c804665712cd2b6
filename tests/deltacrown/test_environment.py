"""Twenty wrong environments, each refused with all of its problems; and the right ones."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deltacrown.environment import BASE_DIR, Environment, ImproperEnvironment, load, loading
from deltacrown.environment.documents import env_example, report, with_table

KEY = "Vb7-xQ2mLr9_Wt4kZc8sYp1nHd6gJf3uEa5oTi0q_RwBvNx-KyMzPl"
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "deltacrown.gg, www.deltacrown.gg",
    "SITE_URL": "https://deltacrown.gg",
    "DB_HOST": "localhost",
    "DB_PASSWORD": "a-database-password",
    "REDIS_URL": "redis://localhost:6379/0",
    "CELERY_BROKER_URL": "redis://localhost:6380/0",
    "EMAIL_HOST": "smtp.example.com",
}

WRONG = {
    "nothing but the name": (
        {"ENVIRONMENT": "production"},
        {"SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DB_HOST", "DB_PASSWORD", "REDIS_URL", "EMAIL_HOST"},
    ),
    "an unknown environment": ({**PRODUCTION, "ENVIRONMENT": "prod"}, {"ENVIRONMENT"}),
    "debug in production": ({**PRODUCTION, "DEBUG": "True"}, {"DEBUG"}),
    "debug in staging": ({**PRODUCTION, "ENVIRONMENT": "staging", "DEBUG": "1"}, {"DEBUG"}),
    "the toolbar in production": ({**PRODUCTION, "DEBUG_TOOLBAR": "True"}, {"DEBUG_TOOLBAR"}),
    "a boolean that is none": ({**PRODUCTION, "DEBUG": "maybe", "USE_S3": "ja"}, {"DEBUG", "USE_S3"}),
    "the placeholder key": ({**PRODUCTION, "SECRET_KEY": "your-secret-key-here"}, {"SECRET_KEY"}),
    "a short key": ({**PRODUCTION, "SECRET_KEY": KEY[:49]}, {"SECRET_KEY"}),
    "a key of one letter": ({**PRODUCTION, "SECRET_KEY": "a" * 80}, {"SECRET_KEY"}),
    "no hosts but commas": ({**PRODUCTION, "ALLOWED_HOSTS": " , ,"}, {"ALLOWED_HOSTS"}),
    "every host": ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, {"ALLOWED_HOSTS"}),
    "hosts with scheme and port": ({**PRODUCTION, "ALLOWED_HOSTS": "https://deltacrown.gg:443"}, {"ALLOWED_HOSTS"}),
    "sqlite in production": ({**PRODUCTION, "DB_ENGINE": "django.db.backends.sqlite3"}, {"DB_ENGINE"}),
    "a database nobody knows": ({**PRODUCTION, "DB_ENGINE": "mysql", "DB_PORT": "70000"}, {"DB_ENGINE", "DB_PORT"}),
    "a port that is a word": ({**PRODUCTION, "DB_PORT": "default", "EMAIL_PORT": "0"}, {"DB_PORT", "EMAIL_PORT"}),
    "queue and cache on one redis": (
        {**PRODUCTION, "CELERY_BROKER_URL": "redis://127.0.0.1:6379/5"},
        {"CELERY_BROKER_URL"},
    ),
    "the broker left to the cache": (
        {key: value for key, value in PRODUCTION.items() if key != "CELERY_BROKER_URL"},
        {"CELERY_BROKER_URL"},
    ),
    "a cache that is no redis": ({**PRODUCTION, "REDIS_URL": "http://localhost"}, {"REDIS_URL"}),
    "mail to the console": (
        {**PRODUCTION, "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
        {"EMAIL_BACKEND"},
    ),
    "both kinds of mail encryption": (
        {**PRODUCTION, "EMAIL_USE_SSL": "yes", "EMAIL_USE_TLS": "yes"},
        {"EMAIL_USE_SSL"},
    ),
    "s3 without a bucket, half a key": (
        {**PRODUCTION, "USE_S3": "True", "AWS_ACCESS_KEY_ID": "AKIA"},
        {"AWS_STORAGE_BUCKET_NAME", "AWS_SECRET_ACCESS_KEY"},
    ),
    "half a login service": (
        {**PRODUCTION, "GOOGLE_CLIENT_ID": "id", "DISCORD_CLIENT_SECRET": "secret"},
        {"GOOGLE_CLIENT_SECRET", "DISCORD_CLIENT_ID"},
    ),
    "a comment taken for a key": ({**PRODUCTION, "RIOT_API_KEY": "  # For Valorant (future)"}, {"RIOT_API_KEY"}),
    "a webhook elsewhere": (
        {**PRODUCTION, "DISCORD_WEBHOOK_URL": "https://evil.example/api/webhooks/1"},
        {"DISCORD_WEBHOOK_URL"},
    ),
    "links in mails over plain http": ({**PRODUCTION, "SITE_URL": "http://deltacrown.gg"}, {"SITE_URL"}),
    "staff without a second factor": ({**PRODUCTION, "ADMIN_REQUIRE_MFA": "off"}, {"ADMIN_REQUIRE_MFA"}),
    "an address that sentry does not have": ({**PRODUCTION, "SENTRY_DSN": "sentry.io/1"}, {"SENTRY_DSN"}),
    "figures for everybody": (
        {**PRODUCTION, "METRICS_TOKEN": "short", "METRICS_NETWORKS": "10.0.0.0/8,0.0.0.0/0"},
        {"METRICS_TOKEN", "METRICS_NETWORKS"},
    ),
    "a network that is none": ({**PRODUCTION, "METRICS_NETWORKS": "prometheus.internal"}, {"METRICS_NETWORKS"}),
    "a public host that nobody called production": ({"ALLOWED_HOSTS": "deltacrown.gg"}, {"ENVIRONMENT"}),
    "debug before strangers": (
        {"ENVIRONMENT": "development", "ALLOWED_HOSTS": "deltacrown.gg", "DEBUG": "True"},
        {"DEBUG"},
    ),
    "everything at once": (
        {
            "ENVIRONMENT": "production",
            "DEBUG": "maybe",
            "SECRET_KEY": "abc",
            "ALLOWED_HOSTS": "*",
            "DB_ENGINE": "django.db.backends.sqlite3",
            "REDIS_URL": "http://x",
            "EMAIL_PORT": "99999",
            "LOG_LEVEL": "loud",
            "PAYPAL_SECRET": "only-half",
        },
        {
            "DEBUG",
            "SECRET_KEY",
            "ALLOWED_HOSTS",
            "SITE_URL",
            "DB_ENGINE",
            "REDIS_URL",
            "EMAIL_HOST",
            "EMAIL_PORT",
            "LOG_LEVEL",
            "PAYPAL_CLIENT_ID",
        },
    ),
}


@pytest.mark.parametrize(("variables", "wrong"), WRONG.values(), ids=WRONG)
def test_a_wrong_environment_is_refused_with_all_of_its_problems(variables: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(ImproperEnvironment) as refusal:
        load(variables)
    assert {problem.variable for problem in refusal.value.problems} == wrong
    message = str(refusal.value)
    assert all(f"  {variable} " in message for variable in wrong)


@pytest.mark.parametrize("secret", ["DB_PASSWORD", "EMAIL_HOST_PASSWORD", "SECRET_KEY", "AWS_SECRET_ACCESS_KEY"])
def test_a_refusal_never_shows_a_secret(secret: str) -> None:
    with pytest.raises(ImproperEnvironment) as refusal:
        load({**PRODUCTION, secret: "canary-4711 # comment", "DEBUG": "canary-4712"})
    assert {secret, "DEBUG"} <= {problem.variable for problem in refusal.value.problems}
    assert "canary" not in str(refusal.value)


def test_production_needs_nine_variables() -> None:
    env = load(PRODUCTION)
    assert (env.DEBUG, env.TRUSTED_PROXIES, env.ADMIN_REQUIRE_MFA) == (False, 1, True)
    assert env.ALLOWED_HOSTS == ("deltacrown.gg", "www.deltacrown.gg")
    assert env.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"


def test_development_needs_none() -> None:
    env = load({})
    assert (env.ENVIRONMENT, env.DEBUG, env.REDIS_URL) == ("development", True, "")
    assert len(env.SECRET_KEY.get_secret_value()) >= 50


def test_a_variable_that_is_named_and_empty_is_not_taken_from_the_embedded_servers() -> None:
    servers = {"DB_HOST": "127.0.0.1", "DB_PORT": "40001", "REDIS_URL": "redis://127.0.0.1:40002/0"}
    assert load({"REDIS_URL": ""}, embedded=lambda: servers).REDIS_URL == ""
    assert load({}, embedded=lambda: servers).DB_PORT == 40001
    assert load({"DB_HOST": "db.local"}, embedded=lambda: servers).DB_PORT == 5432


def test_the_process_wins_over_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("LOG_LEVEL=DEBUG\nDB_NAME=from_file\n")
    env = load({"LOG_LEVEL": "ERROR"}, dotenv)
    assert (env.LOG_LEVEL, env.DB_NAME) == ("ERROR", "from_file")


def test_a_misspelt_variable_in_the_file_is_named_with_the_right_one(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("ALOWED_HOSTS=localhost\nSOMETHING_OF_ANOTHER_PROGRAM=1\n")
    with pytest.raises(ImproperEnvironment, match="Did you mean ALLOWED_HOSTS") as refusal:
        load({}, dotenv)
    assert [problem.variable for problem in refusal.value.problems] == ["ALOWED_HOSTS"]


def test_the_example_file_and_the_table_agree_with_the_variables() -> None:
    page = (BASE_DIR / "docs" / "configuration.md").read_text()
    assert (BASE_DIR / ".env.example").read_text() == env_example()
    assert page == with_table(page)


def test_every_variable_of_the_owners_document_exists() -> None:
    seed = """
    DEBUG SECRET_KEY ALLOWED_HOSTS DB_ENGINE DB_NAME DB_USER DB_PASSWORD DB_HOST DB_PORT REDIS_URL
    EMAIL_BACKEND EMAIL_HOST EMAIL_PORT EMAIL_USE_TLS EMAIL_HOST_USER EMAIL_HOST_PASSWORD USE_S3
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_STORAGE_BUCKET_NAME AWS_S3_REGION_NAME
    CELERY_BROKER_URL CELERY_RESULT_BACKEND DISCORD_WEBHOOK_URL RIOT_API_KEY PAYPAL_CLIENT_ID
    PAYPAL_SECRET SENTRY_DSN LOG_LEVEL ENVIRONMENT
    """
    assert set(seed.split()) <= set(Environment.model_fields)


def test_every_variable_reaches_the_settings() -> None:
    folder = BASE_DIR / "deltacrown"
    text = (folder / "settings.py").read_text() + (folder / "object_storage.py").read_text()
    assert [name for name in Environment.model_fields if f"env.{name}" not in text] == []


def test_nothing_else_reads_the_environment() -> None:
    """A variable that is read past the schema would be neither checked nor documented."""
    reading = re.compile(r"os\.(?:environ(?:\.get)?|getenv)[\[(]\s*[\"']([A-Z_]+)")
    allowed = set(Environment.model_fields) | {"DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "CI", "PATH", "HOME"}
    # Of terminals, of Django with a browser's loop in the thread, and between a journey and its site.
    allowed |= {"NO_COLOR", "DJANGO_ALLOW_ASYNC_UNSAFE", "LIVE_SITE_FOLDER"}
    found = {
        f"{path.relative_to(BASE_DIR)}: {name}"
        for folder in ("apps", "deltacrown")
        for path in (BASE_DIR / folder).rglob("*.py")
        if "local" not in path.parts  # starts the servers and so writes the variables
        for name in reading.findall(path.read_text())
        if name not in allowed
    }
    assert found == set()


def test_the_report_shows_no_secret() -> None:
    text = report(load({**PRODUCTION, "REDIS_URL": "redis://:canary-1@localhost:6379/0", "DB_PASSWORD": "canary-2"}))
    assert "canary" not in text
    assert re.search(r"^DB_PASSWORD +\(set\)$", text, re.MULTILINE)


def run_manage(variables: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=BASE_DIR,
        env={**clean, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_deployment_check_of_production_has_no_warning() -> None:
    done = run_manage(PRODUCTION, "check", "--deploy", "--fail-level", "INFO")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues (0 silenced)" in done.stdout + done.stderr


def test_a_wrong_environment_ends_the_start_without_a_traceback() -> None:
    done = run_manage({**PRODUCTION, "DEBUG": "maybe"}, "check")
    assert done.returncode == 78
    assert done.stderr.startswith("DeltaCrown cannot start: 1 problem in its production environment.")
    assert "Traceback" not in done.stderr


def test_a_release_knows_itself_whoever_starts_it(tmp_path):
    assert loading._with_release({"DEBUG": "False"}, tmp_path) == {"DEBUG": "False"}
    (tmp_path / "release.env").write_text("RELEASE=0.1.0+c953da269866\n")
    assert loading._with_release({}, tmp_path) == {"RELEASE": "0.1.0+c953da269866"}
    assert loading._with_release({"RELEASE": "mine"}, tmp_path) == {"RELEASE": "mine"}
