"""Many people at once, each in a thread with a connection and a transaction of its own."""

import threading

from django.db import connection

from tenancy.context import organization_context


def race(organization, tasks):
    """Start all `tasks` at the same moment and return what each returned, or the exception it raised."""
    start = threading.Barrier(len(tasks))
    results = [None] * len(tasks)

    def run(number, task):
        try:
            start.wait(timeout=30)
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
