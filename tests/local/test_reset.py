import pytest

from deltacrown.local import __main__ as commands
from deltacrown.local.state import State


@pytest.fixture
def state(tmp_path):
    state = State(tmp_path / "var")
    state.make()
    (state.var / "media").mkdir()
    (state.var / "media" / "crest.webp").write_bytes(b"x" * 2_500_000)
    return state


@pytest.fixture
def answer(monkeypatch):
    """Let somebody sit at the terminal who answers ``word``."""

    def say(word):
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _: word)

    return say


def test_it_shows_what_it_would_delete_and_keeps_it_on_any_answer_but_yes(state, answer, capsys):
    answer("y")

    assert commands.reset(state) == 1
    assert "media/" in capsys.readouterr().out
    assert (state.var / "media" / "crest.webp").exists()


def test_it_deletes_everything_on_yes(state, answer, capsys):
    answer("yes")

    assert commands.reset(state) == 0
    assert "2.5 MB" in capsys.readouterr().out
    assert not state.var.exists()


def test_where_nobody_can_be_asked_nothing_is_deleted(state, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    assert commands.reset(state) == 1
    assert state.var.exists()


def test_without_asking_it_deletes_for_those_who_say_so(state):
    assert commands.reset(state, sure=True) == 0
    assert not state.var.exists()


def test_what_runs_is_not_deleted(state, answer, capsys):
    answer("yes")
    with state.claimed():
        assert commands.reset(state) == 1

    assert "`make stop` first." in capsys.readouterr().out
    assert state.var.exists()


def test_there_may_be_nothing_to_delete(tmp_path, capsys):
    assert commands.reset(State(tmp_path / "var")) == 0
    assert "nothing to delete" in capsys.readouterr().out
