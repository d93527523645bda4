"""The database and the cache of one data folder, shared by whoever uses it at the moment.

The first to come starts them; the last to leave stops them, unless they are to be kept.
"""

import os
import secrets

from lib.devtools import locks
from lib.devtools.cache import Cache
from lib.devtools.places import Data
from lib.devtools.postgres import Server


class Services:
    def __init__(self, data: Data, given=os.environ):
        self.data = data
        self.given = given
        self.users = locks.Users(data.in_use)
        self.variables = {}

    def __enter__(self):
        """Already started: so that a Ctrl-C meanwhile can be held back by whoever does it."""
        return self

    def __exit__(self, *exception):
        self.release()

    @property
    def embeds_database(self) -> bool:
        return not self.given.get("DATABASE_URL")

    @property
    def embeds_cache(self) -> bool:
        return not self.given.get("REDIS_URL")

    def start(self) -> None:
        """Start what does not run, and learn the variables of the environment that lead to it."""
        self.data.make()
        with locks.exclusive(self.data.lock):
            self.users.join()
            variables = {"DATA_DIR": str(self.data.folder), "SECRET_KEY": self._secret_key()}
            if self.embeds_database:
                server = Server(self.data)
                server.ensure()
                variables["DATABASE_URL"] = server.url("cairn_web")
                variables["DATABASE_OWNER_URL"] = server.url("cairn_admin")
            if self.embeds_cache:
                cache = Cache(self.data)
                if cache.ensure():
                    variables["REDIS_URL"] = cache.url
            self.variables = variables

    def release(self) -> None:
        """Leave; the last one out stops what the data folder's users started."""
        if not self.users.joined:
            return
        with locks.exclusive(self.data.lock):
            self.users.leave()
            if not self.data.kept.exists() and self.users.is_empty():
                self._stop()

    def keep(self) -> None:
        """Let them run on when nobody uses them, until `stop`."""
        self.data.kept.touch()

    def stop(self) -> bool:
        """Stop them now, unless somebody uses them. True if they are stopped."""
        if not self.data.folder.exists():
            return True
        with locks.exclusive(self.data.lock):
            if not self.users.is_empty():
                return False
            self.data.kept.unlink(missing_ok=True)
            self._stop()
        return True

    def environment(self) -> dict[str, str]:
        return dict(self.given) | self.variables

    def _stop(self):
        if self.embeds_cache:
            Cache(self.data).stop()
        if self.embeds_database and Server(self.data).exists():
            Server(self.data).stop()
        self.data.tidy_sockets()

    def _secret_key(self):
        if self.given.get("SECRET_KEY"):
            return self.given["SECRET_KEY"]
        path = self.data.secret_key
        if not path.exists():
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        return path.read_text().strip()
