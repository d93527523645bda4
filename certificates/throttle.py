"""How often one address may ask whether something holds. Codes cannot be guessed; this spares the site the attempts."""

from datetime import datetime
from hashlib import sha256

from django.core.cache import cache

from lib.http import client_ip

PER_MINUTE = 60


def is_too_much(request, *, now: datetime) -> bool:
    """Count a question; whether this address has asked too many in this minute. Never where the cache is away."""
    address = sha256(str(client_ip(request)).encode()).hexdigest()[:16]
    key = f"certificates.checks.{address}.{int(now.timestamp()) // 60}"
    cache.add(key, 0, 120)
    try:
        return (cache.incr(key) or 0) > PER_MINUTE
    except ValueError:  # the cache forgot it, or is away
        return False
