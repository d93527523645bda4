import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

#: How many passwords one process hashes at once. The rest wait their turn: hashing side by side finishes
#: none of them sooner, and each takes 19 MiB.
AT_ONCE = 2
_turn = threading.BoundedSemaphore(AT_ONCE)


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane; about 26 ms of CPU."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password, salt):
        with _turn:
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with _turn:
            return super().verify(password, encoded)
