"""Why a backup or a restore stopped. The message is for whoever is at the shell, perhaps at night."""

from apps.core.errors import Conflict, DomainError


class BackupRefused(DomainError):
    """Something that must be right before anything is done is not."""

    code = "backup_refused"


class Damaged(BackupRefused):
    """A set is not what was written: a part is missing, changed, or cannot be opened."""

    code = "backup_damaged"


class Busy(Conflict):
    """Another backup or restore runs."""

    code = "backup_busy"


class DoneAlready(Conflict):
    """What is scheduled once has succeeded, perhaps a moment ago."""

    code = "backup_done_already"


class ProgramFailed(BackupRefused):
    """A program of PostgreSQL ended with an error. The message holds the end of what it wrote."""

    code = "backup_program_failed"
