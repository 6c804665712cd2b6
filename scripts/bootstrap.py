"""What happens before there is an environment: checks this machine, makes ``.venv``, hands over to it.

Runs on whatever ``python3`` is, so it uses only what an old Python understands.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
PIP = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
REQUIREMENTS = os.path.join(ROOT, "requirements", "dev.txt")
READY = os.path.join(VENV, "installed-requirements")
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")
# What tests use: any of these names, Debian's packages that bring it, and what does not run without it.
PROGRAMS = (
    (("chromium", "chromium-browser", "google-chrome"), ("chromium", "fonts-noto-core"), "the journeys will NOT run"),
)
# These packages start servers, which nobody wants on their own machine for a test: they are installed where CI is set.
SERVERS = (
    (("promtool",), ("prometheus",), "the alert rules will NOT be tried"),
    (("nginx",), ("nginx-light",), "nginx will NOT read the site's file"),
    (("systemd-analyze",), ("systemd",), "systemd will NOT read the units"),
)


def say(text):
    """Write a line now, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def stop(text):
    """End with a message for the person."""
    sys.exit("\n" + text)


def use_new_enough_python():
    """Go on with a newer Python of this machine when this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found] + sys.argv)
    stop(
        "DeltaCrown needs Python 3.11 or newer. python3 is %s here (%s).\n"
        "Install a newer one, or name it: make setup PYTHON=/path/to/python3.12"
        % (sys.version.split()[0], sys.executable)
    )


def check_port(word):
    """Say that a port is taken before a minute goes into the environment. The start itself checks it once more."""
    port = int(word) if word.isdigit() else 0
    if not 0 < port < 65536:
        stop("PORT is %s, and must be a number from 1 to 65535." % word)
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return
    stop(
        "Port %d is taken by another program on this machine. "
        "Choose another one with `make run PORT=%d`, or end that program." % (port, port + 1 if port < 65535 else 8000)
    )


def wanted():
    """Return what identifies a finished environment: the pinned requirements and the Python."""
    with open(REQUIREMENTS, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest() + " python%d.%d" % sys.version_info[:2]


def present():
    """Return what the environment was finished with, or nothing."""
    try:
        with open(READY) as file:
            found = file.read().strip()
        subprocess.check_call([PYTHON, "-c", "import django"], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found


def setup():
    """Make ``.venv`` hold exactly what requirements/dev.txt pins. Quick when it does already."""
    if present() == wanted():
        return
    started = time.time()
    if not os.path.exists(PYTHON) or subprocess.call([PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL):
        make_venv()
    with open(REQUIREMENTS) as file:
        count = sum(1 for line in file if "==" in line and not line.startswith((" ", "#")))
    say("  … Installing %d packages into .venv, which takes a minute or two the first time" % count)
    if subprocess.call(PIP + ["install", "--quiet", "--no-compile", "--require-hashes", "--requirement", REQUIREMENTS]):
        stop("The packages could not be installed; pip says why above. Run the same command again to go on.")
    compile_packages()
    with open(READY, "w") as file:
        file.write(wanted())
    say("  ✓ Environment ready (%.0f s)" % (time.time() - started))


def compile_packages():
    """Compile bytecode on all processors, which pip does on one.

    Not left to the first use: where PYTHONDONTWRITEBYTECODE is set, every start would compile everything anew.
    """
    packages = os.path.join(VENV, "lib")
    unused = "/(tests?|testing|locale)/"
    compilation = [PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", unused, packages]
    subprocess.call(compilation, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # a sample may not compile


def make_venv():
    """Make the environment. Debian keeps half of the module that does it in a package of its own."""
    say("  … Making .venv with Python %s" % sys.version.split()[0])
    for attempt in (1, 2):
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if made.returncode == 0:
            return
        if attempt == 1 and not apt_install("python3-venv"):
            break
    stop(
        made.stdout.decode(errors="replace")
        + "\nThe environment could not be made. On Debian and Ubuntu: apt-get install python3-venv"
    )


def apt_install(*packages):
    """Install Debian packages when this is root on Debian. Return whether it worked."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("  … Installing %s with apt-get" % " ".join(packages))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends"] + list(packages)
    update = ["apt-get", "update", "--quiet=2"]
    for command in (update, install):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            say(done.stdout.decode(errors="replace").strip())
            return False
    return True


def programs():
    """See to what the tests use beside the environment. What is missing is said, and the tests say it again."""
    folders = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"  # where Debian keeps nginx
    for rows, may in ((PROGRAMS, True), (SERVERS, bool(os.environ.get("CI")))):
        for names, packages, loss in rows:
            if any(shutil.which(name, path=folders) for name in names) or (may and apt_install(*packages)):
                continue
            say("  ! There is no %s on this machine: %s (Debian: %s)." % (names[0], loss, " ".join(packages)))


def main():
    """Do what the command line says: ``setup``, ``programs``, or a command of deltacrown.local."""
    use_new_enough_python()
    os.chdir(ROOT)
    command = sys.argv[1:]
    if command[:1] == ["run"]:
        check_port(command[command.index("--port") + 1])
    setup()
    if command == ["setup"]:
        return
    if command == ["programs"]:
        programs()
        return
    sys.stdout.flush()
    os.execv(PYTHON, [PYTHON, "-m", "deltacrown.local"] + command)


if __name__ == "__main__":
    main()
