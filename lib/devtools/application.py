"""The site's own commands, and bringing its database, texts and files up to date."""

import os

from lib.devtools import locks, processes, translations
from lib.devtools.console import Problem
from lib.devtools.places import PYTHON, ROOT, VENV, Data
from lib.devtools.services import Services
from lib.devtools.stamps import DEMO_FILES, SCHEMA_FILES, Stamp

#: One heap for all threads of a process: a web worker takes a quarter less memory, and no more time.
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}


class Application:
    """Our code in the environment of one data folder; its services are up."""

    def __init__(self, services: Services, **variables: str):
        self.services = services
        self.data: Data = services.data
        defaults = {"DEBUG": "0", "STATIC_ROOT": str(self.data.folder / "static")} | ONE_HEAP
        paths = {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        self.environment = defaults | services.environment() | paths | variables
        self.migrated = Stamp(self.data, "migrated", SCHEMA_FILES)
        self.seeded = Stamp(self.data, "seeded", SCHEMA_FILES + DEMO_FILES)

    @property
    def debugs(self) -> bool:
        return self.environment["DEBUG"].lower() in {"1", "true", "yes", "on", "y", "ok", "t"}

    def command(self, *arguments) -> list:
        return [PYTHON, "manage.py", *arguments]

    def run(self, *arguments, what: str) -> str:
        return processes.run_step(self.command(*arguments), self.environment, what)

    def bootstrap(self) -> None:
        """Roles and extensions on a server of somebody else's."""
        if not self.services.embeds_database:
            command = [PYTHON, "-m", "lib.devtools.bootstrap"]
            processes.run_step(command, self.environment, "Preparing the roles of DATABASE_URL")

    def migrate(self, only_new: bool = False) -> bool:
        """Bring the schema up to date; with `only_new`, leave one that exists as it is. True if there was work."""
        if not self.services.embeds_database:
            if only_new:
                return False
            self.bootstrap()
            self.run("migrate", "--noinput", what="Migrating the database")
            return True
        with self._alone():
            if self.migrated.exists() if only_new else self.migrated.holds():
                return False
            self.run("migrate", "--noinput", what="Migrating the database")
            self.migrated.set()
        return True

    def seed(self) -> bool:
        """Fill in the demo data where it is not there. True if there was work."""
        with self._alone():
            embedded = self.services.embeds_database
            if embedded and self.seeded.holds():
                return False
            self.run("seed_demo", what="Filling in the demo data")
            if embedded:
                self.seeded.set()
        return True

    def doubt_stamps(self) -> None:
        """A command may have changed what the stamps vouch for."""
        if self.services.embeds_database:
            self.migrated.doubt()
            self.seeded.doubt()

    def compile_texts(self) -> None:
        if translations.needs_compiling(ROOT):
            command = [PYTHON, "-m", "lib.devtools.translations"]
            processes.run_step(command, self.environment, "Compiling the translations")

    def collect_files(self) -> None:
        if self.debugs:
            return
        with self._alone():
            self.run("collectstatic", "--noinput", what="Collecting the static files")

    def _alone(self):
        """Copies that share a data folder prepare it one after the other."""
        return locks.exclusive(self.data.preparing)

    def accounts(self) -> str:
        """The demo accounts as the seed lists them; empty where there are none."""
        try:
            return self.run("seed_demo", "--accounts", what="Listing the demo accounts").strip()
        except Problem:
            return ""
