"""Which operating system account runs PostgreSQL: it refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lib.devtools.console import Problem


@dataclass(frozen=True)
class Account:
    """Whom the tools run as; `uid` is None for ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def is_other(self) -> bool:
        return self.uid is not None

    def run(self, command, **kwargs) -> subprocess.CompletedProcess:
        """Run a tool as this account, apart from our terminal's Ctrl-C."""
        if self.is_other:
            kwargs |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        kwargs.setdefault("cwd", "/")
        # What a shell says about other servers is not meant for ours.
        kwargs["env"] = {
            name: value for name, value in os.environ.items() if not name.startswith("PG")
        }
        return subprocess.run([str(part) for part in command], start_new_session=True, **kwargs)

    def reaches(self, folder: Path) -> bool:
        """Whether the account may enter a folder."""
        if not self.is_other:
            return os.access(folder, os.X_OK)
        return (
            self.run(
                ["/bin/sh", "-c", 'cd "$1"', "sh", folder], stderr=subprocess.DEVNULL
            ).returncode
            == 0
        )

    def owns(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def database_account() -> Account:
    """Ourselves; as root `postgres`, else `nobody`."""
    if os.geteuid() == 0:
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return Account(entry.pw_uid, entry.pw_gid)
        raise Problem(
            "PostgreSQL does not run as root and there is no account `postgres` or `nobody`: "
            "run ./dev as an ordinary user, or set DATABASE_URL to a server of your own."
        )
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Problem(
            f"The user id {os.geteuid()} has no name on this machine, so PostgreSQL cannot make its data folder: "
            "give it one in /etc/passwd, or set DATABASE_URL to a server of your own."
        ) from None
    return Account()
