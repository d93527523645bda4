from lib.devtools.locks import Users


def test_last_one_out_is_known(tmp_path):
    first, second = Users(tmp_path / "in-use"), Users(tmp_path / "in-use")
    first.join()
    second.join()

    first.leave()
    assert not first.is_empty()

    second.leave()
    assert first.is_empty()


def test_leaving_twice_is_harmless(tmp_path):
    users = Users(tmp_path / "in-use")
    users.join()
    users.leave()
    users.leave()

    assert users.is_empty()
