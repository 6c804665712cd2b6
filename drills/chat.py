"""Two browsers, lines that break, 200 messages: ``python -m drills.chat [--messages 200] [--json FILE]``.

Both people write at the same time, every tenth message twice, as after a lost answer. Meanwhile one browser loses its
socket again and again, and the other its whole network. Prints counts; exits 1 when a message is missing, doubled or
out of place on a page or in the database.
"""

import argparse
import json
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from deltacrown.local import child
from drills.jobs.platform import ROOT, Platform

if TYPE_CHECKING:
    from deltacrown.local.people import Person

BREAKS = 6
PATIENCE = 90_000  # milliseconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.chat", description=__doc__)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "chat.json", help="where figures go")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    platform = Platform(folder)
    try:
        figures = _run(platform, folder, options.messages)
    finally:
        platform.close()
        shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(*(f"{name} {value}" for name, value in figures.items()), sep=", ")  # noqa: T201 - the drill's output
    return 0 if figures["ok"] else 1


def _run(platform: Platform, folder: Path, messages: int) -> dict[str, Any]:
    os.environ.update(platform.environment)
    os.environ.update(DJANGO_SETTINGS_MODULE="deltacrown.local.settings_live", LIVE_SITE_FOLDER=str(folder))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the loop in this thread is Playwright's
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)

    from playwright.sync_api import sync_playwright

    from deltacrown.local import live_site, people
    from deltacrown.local.pytest_browser import FLAGS, PROGRAMS

    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit("This drill needs Chromium.")
    users, team = _crew()
    site, process = live_site.start(folder, database=os.environ["DB_NAME"])
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            pages = [people.meet(browser, site.url, size, js=True) for size in ("phone", "desktop")]
            return _talk(pages, users, team, messages)
    finally:
        child.stop(process, signal.SIGKILL)


def _talk(pages: "list[Person]", users: list[Any], team: Any, messages: int) -> dict[str, Any]:
    from apps.teams.models import ChatMessage

    lines: list[Any] = []
    broken, offline = pages
    broken.page.route_web_socket(
        re.compile("/ws/teams/"), lambda socket: lines.append((socket, socket.connect_to_server()))
    )
    for person, user in zip(pages, users, strict=True):
        person.log_in(user)
        person.visit(f"{team.get_absolute_url()}chat/")
        person.page.wait_for_selector("[data-chat][data-live=socket]")
    begin = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(_write, user, team, messages // 2) for user in users]
        breaks = 0
        while breaks < BREAKS:
            broken.page.wait_for_timeout(700)
            while lines:
                for side in lines.pop():
                    side.close()
            offline.context.set_offline(True)
            offline.page.wait_for_timeout(700)
            offline.context.set_offline(False)
            breaks += 1
        for each in writing:
            each.result()
    said = list(ChatMessage.objects.filter(team=team).order_by("number").values_list("body", flat=True))
    shown = {}
    for name, person in (("socket_lost", broken), ("network_lost", offline)):
        person.page.wait_for_function(
            "count => document.querySelectorAll('[data-number]').length >= count", arg=messages, timeout=PATIENCE
        )
        shown[name] = person.page.locator("[data-number] .chat-body").all_text_contents()
    wrongs = [wrong for person in pages for wrong in person.wrongs]
    right = all(texts == said for texts in shown.values())
    return {
        "ok": right and len(said) == len(set(said)) == messages and not wrongs,
        "messages": len(said),
        "breaks_each": breaks,
        **{f"{name}_missing": len(set(said) - set(texts)) for name, texts in shown.items()},
        **{f"{name}_doubled": len(texts) - len(set(texts)) for name, texts in shown.items()},
        "wrongs": len(wrongs),
        "seconds": round(time.monotonic() - begin, 1),
    }


def _write(user: Any, team: Any, count: int) -> None:
    from django.db import connections

    from apps.teams.services import chat

    try:
        for number in range(count):
            same = uuid4()
            for _ in range(1 + (number % 10 == 0)):
                chat.send_message(actor=user, team_id=team.pk, body=f"{user.username} {number}", client_id=same)
            time.sleep(0.05)
    finally:
        connections.close_all()


def _crew() -> tuple[list[Any], Any]:
    from apps.accounts.models import User
    from apps.core import rate_limit
    from apps.teams.models import Team, TeamMembership

    rate_limit.check = lambda *args, **kwargs: None  # nobody types that fast; the drill does
    users = [User.objects.create(username=name, email=f"{name}@example.test") for name in ("rafi", "mim")]
    team = Team.objects.create(name="Drillers", tag="DRL", slug="drillers", game="valorant", captain=users[0].profile)
    for slot, user in enumerate(users, 1):
        TeamMembership.objects.create(
            team=team, profile=user.profile, game=team.game, slot=slot, role="captain" if slot == 1 else "player"
        )
    return users, team


if __name__ == "__main__":
    sys.exit(main())
