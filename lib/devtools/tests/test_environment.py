from lib.devtools import environment


def make_environment(folder, monkeypatch):
    venv = folder / ".venv"
    venv.mkdir()
    (venv / "pyvenv.cfg").write_text("version = 3.11.7\n")
    for name in (environment.RUN, environment.DEV):
        (folder / name).write_text(f"{name}==1\n")
    monkeypatch.setattr(environment, "ROOT", folder)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "_is_usable", lambda: True)


def stamp(name):
    environment._stamp_path(name).write_text(environment._fingerprint(name))


def test_environment_is_ready_once_stamped(tmp_path, monkeypatch):
    make_environment(tmp_path, monkeypatch)
    assert not environment.is_ready(environment.RUN)

    stamp(environment.RUN)

    assert environment.is_ready(environment.RUN)
    assert not environment.is_ready(environment.DEV)


def test_environment_for_development_serves_running_too(tmp_path, monkeypatch):
    make_environment(tmp_path, monkeypatch)

    stamp(environment.DEV)

    assert environment.is_ready(environment.RUN)


def test_other_requirements_or_another_python_void_the_stamp(tmp_path, monkeypatch):
    make_environment(tmp_path, monkeypatch)
    stamp(environment.RUN)

    (tmp_path / environment.RUN).write_text("other==2\n")
    assert not environment.is_ready(environment.RUN)

    stamp(environment.RUN)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.12.1\n")
    assert not environment.is_ready(environment.RUN)


def test_pip_settings_reach_uv():
    listing = "\n".join(
        [
            ":env:.index-url='https://env.example/simple'",
            "global.index-url='https://global.example/simple'",
            "global.extra-index-url='https://a.example\\nhttps://b.example'",
            "global.cert='/etc/ca.pem'",
            "install.proxy='http://proxy:3128'",
            "freeze.timeout='10'",
        ]
    )

    assert environment.pip_settings(listing) == {
        "UV_DEFAULT_INDEX": "https://env.example/simple",
        "UV_INDEX": "https://a.example https://b.example",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "ALL_PROXY": "http://proxy:3128",
    }
