"""The proof of an erasure: what was found, what became of it, and a checksum of these lines.

It is written in English, so that the checksum does not depend on who reads it.
"""

from hashlib import sha256

HEADS = ("table", "found", "changed", "deleted", "kept", "why kept")


def text_of(proof: dict) -> str:
    """The proof as plain text, without its checksum. Nothing in it is personal: people are ids."""
    lines = [
        "Proof of erasure",
        "",
        f"Organization  {proof['organization']}",
        f"Person        {proof['person']}",
        f"Request       {proof['request']}",
        f"Asked         {proof['asked_at']}",
        f"Approved      {proof['decided_at']}",
        f"Approved by   {proof['decided_by']}",
        f"Done          {proof['done_at']}",
        f"Records until {proof['records_until']}, then they are deleted, too",
        "",
        *_table(proof["tables"]),
        "",
        f"Files deleted                          {proof['file_count']:>8}",
        f"Sessions ended                         {proof['session_count']:>8}",
        f"Audit log, entries emptied of values   {proof['logs']['audit']:>8}",
        f"Audit log, addresses removed           {proof['logs']['addresses']:>8}",
        f"Security log, entries emptied          {proof['logs']['security']:>8}",
        f"Rows that still say something          {proof['remaining_count']:>8}",
    ]
    return "\n".join(lines) + "\n"


def checksum_of(proof: dict) -> str:
    """SHA-256 of the text, as hexadecimal."""
    return sha256(text_of(proof).encode()).hexdigest()


def signed_text_of(proof: dict, checksum: str) -> str:
    """The text with its checksum below, as it is handed out."""
    return f"{text_of(proof)}\nSHA-256 of the lines above this one, without the empty line\n{checksum}\n"


def _table(rows):
    width = max([len(HEADS[0]), *(len(row["table"]) for row in rows)])
    yield f"{HEADS[0]:<{width}}  " + "".join(f"{head:>8}" for head in HEADS[1:5]) + f"  {HEADS[5]}"
    for row in rows:
        counts = "".join(f"{row[name]:>8}" for name in HEADS[1:5])
        yield f"{row['table']:<{width}}  {counts}  {row['reason'] if row['kept'] else ''}".rstrip()
