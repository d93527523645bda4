"""Many people at once, each in a thread with a connection and a transaction of its own."""

import threading
import time

from django.db import OperationalError, connection

from tenancy.context import organization_context


def race(organization, tasks):
    """Start all `tasks` at the same moment and return what each returned, or the exception it raised."""
    start = threading.Barrier(len(tasks))
    results = [None] * len(tasks)

    def run(number, task):
        try:
            _connect()
            start.wait(timeout=60)
            with organization_context(organization):
                results[number] = task()
        except Exception as error:  # the caller looks at what was raised
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def _connect():
    """Connect before the start; other tests may hold the server's last connections for a moment."""
    for _attempt in range(60):
        try:
            return connection.ensure_connection()
        except OperationalError:
            time.sleep(0.5)
    return connection.ensure_connection()
