import subprocess

import pytest
from django.conf import settings
from django.test.utils import get_runner

from deltacrown.test_runner import PytestTestRunner


def test_manage_py_test_uses_it():
    assert get_runner(settings) is PytestTestRunner


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({}, []),
        ({"verbosity": 2}, ["-v"]),
        ({"verbosity": 0, "failfast": True}, ["-q", "--exitfirst"]),
        ({"parallel": 2}, ["-n", "2"]),
    ],
)
def test_it_says_djangos_options_in_pytests_words(options, arguments):
    assert PytestTestRunner(**options).arguments() == arguments


def test_a_failing_test_fails_the_command(tmp_path):
    (tmp_path / "test_wrong.py").write_text("def test_wrong():\n    assert 1 == 2\n")

    assert PytestTestRunner(verbosity=0).run_tests([str(tmp_path)]) == 1


def test_the_suite_never_runs_with_the_settings_of_development(monkeypatch):
    seen = {}
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
    monkeypatch.setattr(
        subprocess, "run", lambda command, **how: seen.update(how) or subprocess.CompletedProcess(command, 0)
    )

    assert PytestTestRunner().run_tests([]) == 0
    assert "DJANGO_SETTINGS_MODULE" not in seen["env"]
