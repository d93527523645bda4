import time

import pytest

from lib.encryption import NotDecrypted, decrypt, encrypt


def test_what_was_encrypted_is_read_again_and_does_not_show():
    token = encrypt("JBSWY3DPEHPK3PXP", purpose="codes")

    assert "JBSWY3DPEHPK3PXP" not in token
    assert token != encrypt("JBSWY3DPEHPK3PXP", purpose="codes")
    assert decrypt(token, purpose="codes") == "JBSWY3DPEHPK3PXP"


def test_token_of_another_purpose_is_refused():
    with pytest.raises(NotDecrypted):
        decrypt(encrypt("secret", purpose="codes"), purpose="providers")


@pytest.mark.parametrize("token", ["", "nonsense", "gAAAAAB", "\x00", "ü", "\ud800"])
def test_nonsense_is_refused(token):
    with pytest.raises(NotDecrypted):
        decrypt(token, purpose="codes")


def test_token_that_is_too_old_is_refused(monkeypatch):
    token = encrypt("secret", purpose="codes")
    later = time.time() + 61
    monkeypatch.setattr("time.time", lambda: later)

    assert decrypt(token, purpose="codes") == "secret"
    with pytest.raises(NotDecrypted):
        decrypt(token, purpose="codes", max_age=60)


def test_former_secret_key_is_still_read(settings):
    token = encrypt("secret", purpose="codes")
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"

    with pytest.raises(NotDecrypted):
        decrypt(token, purpose="codes")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert decrypt(token, purpose="codes") == "secret"
