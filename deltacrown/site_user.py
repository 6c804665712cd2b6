"""Commands of an installed release act as the site's user, also when root types them.

What root leaves behind (a log, a backup, a folder) the site and its timers could not change any more.
"""

import os
import pwd
from pathlib import Path

# They look after the machine, which takes root, and give what they write to the site's user.
AS_ROOT = {"pitr", "runbook", "doctor"}


def become(command: str, state: Path) -> None:
    """Let root become the owner of the folder ``state``, which in a release is a link to where its data are."""
    if os.geteuid() != 0 or command in AS_ROOT or not state.is_symlink() or not state.exists():
        return
    owner = state.stat()
    if owner.st_uid == 0:
        return
    entry = pwd.getpwuid(owner.st_uid)
    os.initgroups(entry.pw_name, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ.update(HOME=entry.pw_dir, USER=entry.pw_name, LOGNAME=entry.pw_name)
