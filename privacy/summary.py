"""What an erasure takes and leaves, in words for the person who asks for it."""

from tenancy.personal import Rows, about_people


def gone_and_kept() -> tuple[list[str], list[tuple[str, str]]]:
    """Headings of what goes, and of what stays with the reason; each in the order of the declarations."""
    gone, kept = [], []
    for data in about_people():
        if data.rows == Rows.GO:
            gone.append(str(data.heading))
        elif data.facts:
            kept.append((str(data.heading), str(data.reason)))
    return gone, kept
