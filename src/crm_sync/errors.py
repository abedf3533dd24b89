"""What can go wrong, sorted by what happens next, not by who raised it.

CrmSyncError
  ConfigError   someone edits a file: where, what was found, what is allowed
  NotInstalled  someone runs `crm-sync schema apply`
  NeedsLogin    someone signs in again, or grants a scope
  TryLater      we wait `after` seconds, then ask again
  Paused        this command has used its share of today's calls; given again later, it goes on where it stopped
  Stale         we read again and plan again
  Refused       this row is set aside with its reason; the run goes on
  Unsafe        a person looks at the plan, then --force
  Locked        another run holds the lease; wait, or release it
  Failed        the run stops; nothing of it is half-written
"""

from __future__ import annotations


class CrmSyncError(Exception):
    """Base of all. `fix` is the next step in one sentence; `exit_code` is what the command returns."""

    exit_code = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix

    def __str__(self) -> str:
        message = super().__str__()
        if not self.fix:
            return message
        return f"{message} {self.fix}" if message.endswith((".", "?", "!")) else f"{message}. {self.fix}"


class ConfigError(CrmSyncError):
    """A setting or a mapping file is wrong: `where` (file and key), `found`, `allowed`."""

    exit_code = 4

    def __init__(self, where: str, found: str, allowed: str, *, fix: str = "") -> None:
        super().__init__(f"{where}: found {found}; allowed: {allowed}.", fix=fix)
        self.where, self.found, self.allowed = where, found, allowed


def not_utf8(problem: UnicodeDecodeError) -> str:
    """What was found in a text that is none, and where."""
    line = problem.object.count(b"\n", 0, problem.start) + 1
    return f"a byte that is no UTF-8 (0x{problem.object[problem.start]:02x}, at line {line})"


class NotInstalled(CrmSyncError):
    """Our properties are not all there: `missing` names them. A write would be refused row by row."""

    exit_code = 4

    def __init__(self, crm: str, missing: tuple[str, ...]) -> None:
        first = ", ".join(sorted(set(missing))[:3])
        message = f"{crm}: {len(missing)} steps are missing before our properties can be written (first: {first})."
        super().__init__(message, fix="Run `crm-sync schema apply`.")
        self.crm, self.missing = crm, missing


class NeedsLogin(CrmSyncError):
    """The CRM does not accept our credentials, or they lack a permission (`scopes`)."""

    exit_code = 6

    def __init__(self, crm: str, message: str, *, fix: str = "", scopes: tuple[str, ...] = ()) -> None:
        super().__init__(f"{crm}: {message}", fix=fix)
        self.crm, self.scopes = crm, scopes


class TryLater(CrmSyncError):
    """The CRM is busy or out of reach; asking again after `after` seconds may help."""

    def __init__(self, crm: str, message: str, *, after: float = 0.0, fix: str = "") -> None:
        super().__init__(f"{crm}: {message}", fix=fix)
        self.crm, self.after = crm, after


class Paused(CrmSyncError):
    """A backfill or a proof stops before it uses calls that belong to others; what it read is kept."""

    exit_code = 3

    def __init__(self, crm: str, message: str, *, fix: str = "") -> None:
        super().__init__(f"{crm}: {message}", fix=fix)
        self.crm = crm


class Stale(CrmSyncError):
    """What a plan was made from has changed since."""


class Refused(CrmSyncError):
    """A CRM refuses one row for good: `ref` as text, `reason` is its class (permission, validation, picklist ...)."""

    exit_code = 3

    def __init__(self, ref: str, reason: str, message: str) -> None:
        super().__init__(f"{ref}: {message}")
        self.ref, self.reason = ref, reason


class Unsafe(CrmSyncError):
    """A plan would change more than its limits allow."""

    exit_code = 2


class Locked(CrmSyncError):
    """Another run is at work on this store."""

    exit_code = 5


class Failed(CrmSyncError):
    """The CRM answered with something that we cannot go on from; `where` is the call."""

    def __init__(self, crm: str, where: str, message: str, *, fix: str = "") -> None:
        super().__init__(f"{crm}: {where}: {message}", fix=fix)
        self.crm, self.where = crm, where
