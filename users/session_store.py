"""Where sessions are kept: in the database and in the cache; the request's own was read on entering."""

from django.contrib.sessions.backends import cached_db

from users import arrivals


class SessionStore(cached_db.SessionStore):
    def load(self):
        data = arrivals.take_session(self.session_key)
        return super().load() if data is None else self.decode(data)
