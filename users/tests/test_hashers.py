import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from users.hashers import Argon2idHasher


@pytest.mark.parametrize(
    ("name", "values"), [("encode", ("secret", "salt")), ("verify", ("secret", "hash"))]
)
def test_a_process_hashes_one_password_at_a_time(monkeypatch, name, values):
    under_way, most = [], []

    def work(self, *args):
        under_way.append(1)
        most.append(len(under_way))
        time.sleep(0.02)
        under_way.pop()

    monkeypatch.setattr(Argon2PasswordHasher, name, work)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: getattr(Argon2idHasher(), name)(*values), range(4)))

    assert most == [1, 1, 1, 1]
