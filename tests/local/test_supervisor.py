import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from deltacrown.local import supervisor as module
from deltacrown.local.child import alive
from deltacrown.local.program import Program
from deltacrown.local.supervisor import GaveUpError, Supervisor

# A program with a child of its own that ignores what asks it to end; both tell their process ids.
FAMILY = """
import os, signal, subprocess, sys, time
{extra}
stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
print("family", os.getpid(), child.pid, flush=True)
time.sleep(60)
"""

SUPERVISOR = """
import os, sys
from deltacrown.local import program, supervisor
supervisor.GRACE = {grace}
watching = supervisor.Supervisor()
with watching.signals():
    watching.add(program.Program("family", [sys.executable, "-c", {family!r}], dict(os.environ)))
    watching.loop()
    watching.end()
print("over", flush=True)
"""


def supervise(extra="", grace=0.5):
    """Start a supervisor in a process of its own. Return it and the ids of what it started."""
    script = SUPERVISOR.format(family=FAMILY.format(extra=extra), grace=grace)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    return process, [int(word) for word in line.split("family", 2)[2].split()]


def gone(pids, seconds=5):
    deadline = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(alive, pids))


def program(name, code):
    return Program(name, [sys.executable, "-c", textwrap.dedent(code)], dict(os.environ))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process_even_those_its_programs_started(number):
    process, pids = supervise()
    assert all(map(alive, pids))

    process.send_signal(number)

    assert process.communicate(timeout=10)[0].endswith("over\n")
    assert gone(pids)


def test_a_program_that_does_not_end_by_itself_is_killed_after_the_grace():
    process, pids = supervise("signal.signal(signal.SIGTERM, signal.SIG_IGN)")

    process.terminate()

    assert "family does not end by itself; killing it." in process.communicate(timeout=10)[0]
    assert gone(pids)


SLOW_TO_END = "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1.5), sys.exit()))"


def test_the_same_signal_twice_at_once_is_one_request():
    process, pids = supervise(SLOW_TO_END, grace=30)

    process.terminate()
    time.sleep(0.2)
    process.terminate()

    assert "killing it" not in process.communicate(timeout=20)[0]
    assert gone(pids)


def test_a_second_signal_ends_the_waiting():
    process, pids = supervise("signal.signal(signal.SIGTERM, signal.SIG_IGN)", grace=30)

    process.send_signal(signal.SIGINT)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)

    assert "killing it" in process.communicate(timeout=10)[0]
    assert gone(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_a_killed_supervisor_takes_its_programs_with_it():
    process, pids = supervise()

    process.kill()
    process.wait()

    assert gone(pids[:1])
    os.kill(pids[1], signal.SIGKILL)  # the stubborn grandchild is its parent's to end


def test_a_program_that_crashes_is_started_again_and_said_so(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    supervisor = Supervisor()
    supervisor.add(program("worker", f"open({str(tmp_path / 'starts')!r}, 'a').write('x'); raise SystemExit(3)"))

    with pytest.raises(GaveUpError):
        supervisor.loop()

    assert (tmp_path / "starts").read_text() == "x" * module.ATTEMPTS
    assert "worker ended (exit code 3); starting it again in 0 s." in capsys.readouterr().out


def test_a_program_that_never_starts_gives_up_with_the_end_of_its_log(monkeypatch):
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    supervisor = Supervisor()
    supervisor.add(program("web", "print('the settings are wrong'); raise SystemExit(78)"))

    with pytest.raises(GaveUpError) as caught:
        supervisor.loop()

    assert str(caught.value).startswith("web ended 4 times right after its start.")
    assert str(caught.value).endswith("the settings are wrong")


def test_lines_have_the_name_of_their_program_in_one_column(capsys):
    supervisor = Supervisor()

    code = supervisor.finish(program("web", "print('one'); print(); print('two', end='')"))

    assert code == 0
    assert capsys.readouterr().out == "web    | one\nweb    | two\n"


def test_no_colours_go_into_a_pipe(capsys):
    Supervisor().finish(program("worker", "print('plain')"))

    assert "\033" not in capsys.readouterr().out
