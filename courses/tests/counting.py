"""Counting the statements that a page costs."""


def statements(captured):
    """What was asked of the database, without the savepoints that a request has only inside a test."""
    return [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
