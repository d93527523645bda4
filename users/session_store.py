"""Where sessions are kept: in the database and in the cache; the request's own was read on entering."""

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string

from users import arrivals


class SessionStore(cached_db.SessionStore):
    def load(self):
        data = arrivals.take_session(self.session_key)
        return super().load() if data is None else self.decode(data)

    def _get_new_session_key(self):
        """A key, without asking first whether it is taken: `create` inserts, and tries another one where it is."""
        return get_random_string(32, VALID_KEY_CHARS)
