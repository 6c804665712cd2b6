"""Files that the installer writes: whole, with what the site needs, and with secrets that only the site can read."""

import re
import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from deltacrown.environment.loading import load
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation, from_values
from deploy.deployer.installation import load as load_installation
from deploy.deployer.installing import certificate, rendering, secrets_file
from deploy.deployer.installing.configuration import write_settings

PORTS = {"postgresql": 5432, "broker": 6380, "cache": 6381}
TEMPLATES = sorted(
    str(path.relative_to(rendering.TEMPLATES))
    for folder in ("systemd", "own-units", "nginx", "redis", "postgresql", "tmpfiles")
    for path in (rendering.TEMPLATES / folder).iterdir()
)


@pytest.fixture
def variables(site: Installation) -> dict[str, str]:
    return secrets_file.ensure(site, ports=PORTS, given={"EMAIL_HOST": "smtp.example.com"})


@pytest.fixture
def told(site: Installation, variables: dict[str, str]) -> dict[str, str]:
    return rendering.values(site, variables, group="deltacrown", postgres_bin=Path("/usr/lib/postgresql/15/bin"))


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_place_of_a_template_is_filled(template: str, told: dict[str, str]) -> None:
    assert not re.search(r"@[A-Z_]+@", rendering.render(template, told))


def test_a_place_that_nothing_fills_is_refused(told: dict[str, str]) -> None:
    del told["HOST"]
    with pytest.raises(DeployError, match="@HOST@, which nothing fills"):
        rendering.render("nginx/site.conf", told)


def test_the_generated_variables_are_a_complete_production_environment(variables: dict[str, str]) -> None:
    environment = load(variables)
    assert environment.ENVIRONMENT == "production"
    assert list(environment.ALLOWED_HOSTS) == ["deltacrown.test"]
    assert environment.REDIS_URL != environment.CELERY_BROKER_URL


def test_secrets_stay_the_same_at_a_second_install_and_are_read_by_nobody_else(
    site: Installation, variables: dict[str, str]
) -> None:
    path = site.environment_file
    path.write_text(path.read_text() + "LOG_LEVEL=WARNING\n")
    again = secrets_file.ensure(site, ports=PORTS, given={})
    assert again == {**variables, "LOG_LEVEL": "WARNING"}
    assert path.stat().st_mode & 0o777 == 0o640
    assert len(variables["SECRET_KEY"]) >= 50


def test_two_installations_have_different_secrets(
    site: Installation, variables: dict[str, str], tmp_path: Path
) -> None:
    other = replace(site, root=tmp_path / "other")
    other.etc.mkdir(parents=True)
    theirs = secrets_file.ensure(other, ports=PORTS, given={})
    for name in ("SECRET_KEY", "DB_PASSWORD", "REDIS_URL", "CELERY_BROKER_URL", "METRICS_TOKEN"):
        assert theirs[name] != variables[name]


def test_nginx_leads_by_the_link_and_has_a_last_word(site: Installation, told: dict[str, str]) -> None:
    text = rendering.render("nginx/site.conf", told)
    assert text.count("{") == text.count("}")
    assert f"server unix:{site.live_link}/web.sock" in text
    assert f"server unix:{site.live_link}/sockets.sock" in text

    assert "return 301 https://" in text
    assert "immutable" in text
    assert "error_page 502 504 =503" in text


def test_nginx_accepts_the_site_where_there_is_an_nginx(site: Installation, told: dict[str, str]) -> None:
    """Without nginx this proves only that the files are written; ``drills.deploy`` always has one."""
    certificate.ensure(site)
    for folder in ("nginx", "acme"):
        (site.state / folder).mkdir()
    site.log.mkdir(parents=True)
    site.run.mkdir(parents=True)
    for template, name in (
        ("site.conf", "nginx-site.conf"),
        ("proxy.conf", "nginx-proxy.conf"),
        ("nginx.conf", "nginx.conf"),
    ):
        text = rendering.render(
            f"nginx/{template}", {**told, "USER": "root", "GROUP": "root", "HTTP_PORT": "18080", "HTTPS_PORT": "18443"}
        )
        assert rendering.write(site.etc / name, text)
        assert not rendering.write(site.etc / name, text)
    if nginx := shutil.which("nginx"):
        words = [nginx, "-t", "-c", str(site.etc / "nginx.conf"), "-e", str(site.log / "error.log")]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_brokers_memory_is_never_evicted_and_the_caches_is(told: dict[str, str]) -> None:
    broker, cache = rendering.render("redis/broker.conf", told), rendering.render("redis/cache.conf", told)
    assert "maxmemory-policy noeviction" in broker
    assert "appendonly yes" in broker
    assert "maxmemory-policy allkeys-lru" in cache
    assert "appendonly no" in cache
    for text in (broker, cache):
        assert "bind 127.0.0.1" in text
        assert re.search(r"requirepass \w{48}", text)


def test_settings_are_read_as_they_were_written(site: Installation) -> None:
    write_settings(site)
    assert tomllib.loads(site.config.read_text())["host"] == "deltacrown.test"
    assert load_installation(site.root, site.name) == site


@pytest.mark.parametrize(
    ("given", "told_back"),
    [({"hosst": "x"}, "hosst is not a setting"), ({"web_workers": "two"}, "web_workers must be a int")],
)
def test_a_wrong_setting_is_named_with_an_example(given: dict[str, object], told_back: str, tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=told_back):
        from_values(given, tmp_path / "deploy.toml")


def test_staging_beside_production_has_names_of_its_own(site: Installation) -> None:
    staging = replace(site, name="deltacrown-staging", environment="staging")
    assert staging.unit("gunicorn", "blue") == "deltacrown-staging-gunicorn@blue"
    for place in ("base", "etc", "state", "log", "run"):
        assert getattr(staging, place) != getattr(site, place)
    beside = replace(staging, root=site.root / "beside")
    beside.etc.mkdir(parents=True)
    variables = secrets_file.ensure(beside, ports=PORTS, given={})
    assert variables["DB_NAME"] == "deltacrown_staging"


def test_without_an_installation_the_command_to_begin_with_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="Run deploy/install first"):
        load_installation(tmp_path, "deltacrown")


def test_the_compose_file_runs_every_part_from_one_image_and_checks_each() -> None:
    compose = yaml.safe_load((rendering.TEMPLATES / "container" / "compose.yaml").read_text())
    services = compose["services"]
    site = {name for name, service in services.items() if service["image"].startswith("deltacrown:")}
    assert site == {"migrate", "web", "sockets", "worker", "critical", "beat"}
    for name in site - {"migrate"}:
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert services[name]["read_only"]
    for name in ("sockets", "worker", "critical", "beat", "postgresql", "broker", "cache"):
        assert services[name]["healthcheck"]["test"]
    for service in services.values():
        assert not service["image"].endswith(":latest")
        assert ":" in service["image"]
    assert "noeviction" in services["broker"]["command"]
    assert "allkeys-lru" in services["cache"]["command"]
    assert {
        queue
        for name in ("worker", "critical")
        for queue in services[name]["command"]
        if "," in queue or queue == "critical"
    } == {
        "default,bulk",
        "critical",
    }


def test_the_image_runs_as_nobody_in_particular_and_installs_by_hashes() -> None:
    text = (rendering.TEMPLATES / "container" / "Containerfile").read_text()
    assert "--require-hashes" in text
    assert text.index("USER 10001") < text.index('CMD ["gunicorn"')
    assert not re.search(r"^ADD |:latest", text, re.MULTILINE)
