"""How many statements a page sends, counted inside this process with the site's own settings."""

from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.people import HOST

#: Not counted: they open and close the one transaction of a request.
FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(frozen=True)
class Counted:
    status: int
    statements: list[str]
    html: bytes

    @property
    def count(self) -> int:
        return len(self.statements)


def look_at(path: str, session: str = "") -> Counted:
    """Open a page twice and look at the second answer: the caches are warm, as they are in a working site."""
    client = Client(SERVER_NAME=HOST)
    if session:
        client.cookies["session"] = session
    client.get(path, HTTP_HOST=HOST)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, HTTP_HOST=HOST)
    statements = [query["sql"] for query in captured.captured_queries]
    statements = [text for text in statements if not text.startswith(FRAME)]
    return Counted(answer.status_code, statements, answer.content)
