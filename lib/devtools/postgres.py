"""An embedded PostgreSQL: made once, started when nobody has started it, reached by a socket alone."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from lib.devtools import binaries, roles_sql
from lib.devtools.accounts import Account, database_account
from lib.devtools.console import Problem
from lib.devtools.places import Data, make_folder

PORT = 5432  # names the socket; no port is opened
DATABASE = "cairn"
SUPERUSER = "postgres"
READY = (
    "cairn-ready"  # in the data folder, once its roles and extensions are as this code wants them
)
PREPARATION = [*roles_sql.roles(), *roles_sql.local_logins()]
BOOTSTRAP = hashlib.sha256(
    "".join([*PREPARATION, *roles_sql.extensions(), *roles_sql.optional()]).encode()
).hexdigest()
UNREACHABLE = 3.0  # seconds after which a server that runs and does not listen is ended
START_RETRIES = 10.0  # seconds: after a kill, old backends hold the memory for a while
SHELL_CHARACTERS = set('"$`\\')  # pg_ctl starts the server by a shell
PATIENCE = 60.0  # seconds for a recovery after a crash

#: Sized for a small machine. `fsync` and `synchronous_commit` stay on: a saved answer is saved.
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": 100,
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "checkpoint_completion_target": "0.9",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "unix_socket_permissions": "0700",
    "track_io_timing": "on",
    "log_checkpoints": "off",
}


class Server:
    """The PostgreSQL of one data folder. Callers hold the folder's lock."""

    def __init__(self, data: Data, account: Account | None = None):
        self.data = data
        self.account = account or database_account()
        self._programs = None

    # What it is

    @property
    def folder(self) -> Path:
        """The cluster itself: in the data folder, or where the server's account cannot enter that, beside others."""
        return Path(os.path.realpath(self.data.database))

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def exists(self) -> bool:
        return (self.folder / "PG_VERSION").exists()

    def is_alive(self) -> bool:
        """Whether a connection to the socket succeeds; a process id proves nothing."""
        return any(_answers(folder / f".s.PGSQL.{PORT}") for folder in self._socket_folders())

    def socket_folder(self) -> Path:
        """Where the running server listens, else where it will."""
        folders = self._socket_folders()
        for folder in folders:
            if _answers(folder / f".s.PGSQL.{PORT}"):
                return folder
        return folders[-1]

    def url(self, login: str) -> str:
        """An address for libpq and django-environ alike; the folder is a parameter, so its case survives."""
        return f"postgresql://{login}@/{DATABASE}?host={quote(str(self.socket_folder()), safe='')}&port={PORT}"

    # What is done with it

    def ensure(self) -> bool:
        """Make it, start it and give it roles where needed. True if this call started it."""
        self._settle()
        if not self.exists():
            self._initialize()
        started = not self.is_alive()
        if started:
            self._start()
        else:
            self._wait_until_accepting()
        if _read(self.folder / READY) != BOOTSTRAP:
            self._bootstrap()
        return started

    def stop(self) -> None:
        if self.exists() and (self.is_alive() or self._process()):
            self._pg_ctl("stop", "-m", "fast", "-w", "-t", "30")

    def remove(self) -> None:
        """Stop it and delete the cluster."""
        self.stop()
        folder = self.folder
        shutil.rmtree(folder, ignore_errors=True)
        if self.data.database.is_symlink():
            self.data.database.unlink()
            folder.parent.rmdir()

    # How

    @property
    def programs(self) -> Path:
        if self._programs is None:
            version = (self.folder / "PG_VERSION").read_text().strip() if self.exists() else None
            self._programs = binaries.folder_for(self.account, version)
        return self._programs

    def _settle(self):
        """Where the server's account cannot enter the data folder, put the cluster where it can."""
        database = self.data.database
        if database.is_symlink() or database.exists() or self.account.reaches(self.data.folder):
            return
        shared = binaries.shared_folder() / self.data.digest
        make_folder(shared, 0o711)
        database.symlink_to(shared / "postgres")

    def _socket_folders(self):
        computed = self.data.socket_folder("pg")
        if self.account.is_other and not self.account.reaches(self.data.folder):
            computed = self.data.short_folder() / "pg"
        recorded = self._pid_file_lines()[4:5]
        folders = [Path(line) for line in recorded if line]
        return [*folders, computed]

    def _initialize(self):
        parent = self.folder.parent
        temporary = Path(tempfile.mkdtemp(prefix=".postgres-", dir=parent))
        try:
            self.account.owns(temporary)
            command = [
                *(self.programs / "initdb", "-D", temporary, "-U", SUPERUSER, "-A", "trust"),
                *(
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8" if _has_c_utf8() else "--locale=C",
                    "--no-instructions",
                ),
            ]
            answer = self.account.run(command, capture_output=True, text=True)
            if answer.returncode:
                raise Problem(
                    f"PostgreSQL could not make its data folder in {parent} ({_last_line(answer.stderr)}): "
                    "name another folder with --data DIR, or set DATABASE_URL to a server of your own."
                )
            with open(temporary / "postgresql.conf", "a") as file:
                file.write("\ninclude_if_exists 'cairn.conf'\n")
            if self.folder.exists():  # left by a start that was cut short
                shutil.rmtree(self.folder)
            temporary.rename(self.folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def _start(self):
        self._clear_stale_pid_file()
        self._prepare_socket_folder()
        self._write_settings()
        deadline = time.monotonic() + START_RETRIES
        while True:
            answer = self._pg_ctl(
                "start", "-w", "-t", str(int(PATIENCE)), "-s", "-l", self.log.name
            )
            if answer.returncode == 0 and self.is_alive():
                return
            if time.monotonic() > deadline:
                raise Problem(
                    f"PostgreSQL does not start ({_last_line(_read(self.log))}): see {self.log}, "
                    "or set DATABASE_URL to a server of your own."
                )
            time.sleep(0.5)
            self._clear_stale_pid_file()

    def _prepare_socket_folder(self):
        folder = self._socket_folders()[-1]
        make_folder(folder.parent, 0o711)
        make_folder(folder, 0o700)
        self.account.owns(folder)

    def _write_settings(self):
        folder = str(self._socket_folders()[-1]).replace('"', '""')
        settings = SETTINGS | {"unix_socket_directories": f'"{folder}"'}
        library = self.programs.parent / "lib"
        if any(library.glob("**/pg_stat_statements.*")):
            settings["shared_preload_libraries"] = "pg_stat_statements"
        lines = [
            f"{name} = '{str(value).replace(chr(39), chr(39) * 2)}'\n"
            for name, value in settings.items()
        ]
        target = self.folder / "cairn.conf"
        target.write_text(
            "# Written at each start; what follows it in postgresql.conf wins.\n" + "".join(lines)
        )
        self.account.owns(target)

    def _clear_stale_pid_file(self):
        """Remove the mark of a server that is gone; end one that runs but can no longer be reached."""
        path = self.folder / "postmaster.pid"
        if not path.exists() or self.is_alive():
            return
        process = self._process()
        if process is None:
            path.unlink(missing_ok=True)
            return
        deadline = time.monotonic() + UNREACHABLE
        while time.monotonic() < deadline and self._process() == process:
            if self.is_alive():
                return
            time.sleep(0.3)
        if self._process() == process:  # its socket is gone, so nobody can use it
            os.kill(process, signal.SIGINT)
            self._pg_ctl("stop", "-m", "fast", "-w", "-t", "30")

    def _process(self) -> int | None:
        """The server's process, if it is one: not a zombie, not a stranger who has got its number."""
        lines = self._pid_file_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            return None
        if not Path("/proc/self/stat").exists():
            return pid
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            home = os.readlink(f"/proc/{pid}/cwd")
        except OSError:
            return None
        return pid if state != "Z" and home == str(self.folder) else None

    def _pid_file_lines(self):
        return _read(self.folder / "postmaster.pid").splitlines()

    def _pg_ctl(self, *arguments):
        """A pipe would stay open in the server, and the caller would wait for it for ever."""
        folder = "." if SHELL_CHARACTERS & set(str(self.folder)) else self.folder
        return self.account.run(
            [self.programs / "pg_ctl", "-D", folder, *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _wait_until_accepting(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.account.run(
                [
                    self.programs / "pg_isready",
                    "-q",
                    "-h",
                    self.socket_folder(),
                    "-p",
                    PORT,
                    "-d",
                    "postgres",
                ]
            )
            if answer.returncode == 0:
                return
            time.sleep(0.2)
        raise Problem(f"PostgreSQL runs but takes no connections: see {self.log}.")

    def _bootstrap(self):
        self._sql("postgres", PREPARATION)
        found = self._sql("postgres", [f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}';"])
        for database in ("template1", DATABASE):
            if database == DATABASE and "1" not in found:
                self._sql("postgres", [f"CREATE DATABASE {DATABASE} OWNER {roles_sql.OWNER};"])
            self._sql(database, roles_sql.extensions())
            self._sql(database, roles_sql.optional(), must=False)
        ready = self.folder / READY
        ready.write_text(BOOTSTRAP)
        self.account.owns(ready)

    def _sql(self, database, statements, must=True) -> str:
        command = [
            *(
                self.programs / "psql",
                "-X",
                "-q",
                "-A",
                "-t",
                "-h",
                self.socket_folder(),
                "-p",
                PORT,
            ),
            *("-U", SUPERUSER, "-d", database, "-v", f"ON_ERROR_STOP={int(must)}", "-f", "-"),
        ]
        answer = self.account.run(
            command, stdin=None, input="\n".join(statements), capture_output=True, text=True
        )
        if must and answer.returncode:
            raise Problem(
                f"PostgreSQL could not be prepared ({_last_line(answer.stderr)}): see {self.log}, "
                "or ./dev reset to start anew."
            )
        return answer.stdout


def _answers(path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return False
        return True


def _has_c_utf8() -> bool:
    answer = (
        subprocess.run(["locale", "-a"], capture_output=True, text=True)
        if shutil.which("locale")
        else None
    )
    return bool(answer) and "c.utf" in answer.stdout.lower()


def _read(path) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _last_line(text) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
