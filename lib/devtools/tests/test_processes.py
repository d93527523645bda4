import os
import signal
import sys
import time

import pytest

from lib.devtools import processes
from lib.devtools.console import Problem
from lib.devtools.processes import Interrupted, Program, Signals


def program(code):
    return Program("helper", [sys.executable, "-c", code], dict(os.environ))


def wait_for(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_program_that_ends_is_started_again_after_a_pause(capsys):
    helper = program("pass")
    helper.start()
    assert wait_for(helper.has_ended)
    helper.process.wait()

    helper.look_after()
    assert helper.process is None
    helper._not_before = 0.0
    helper.look_after()

    assert helper.process is not None
    assert "The helper ended (exit code 0)" in capsys.readouterr().err
    processes.end_all([helper])


def test_pauses_grow_and_have_an_end(capsys):
    helper = program("pass")
    pauses = []
    for _ in range(8):
        helper.start()
        helper.process.wait()
        before = time.monotonic()
        helper.look_after()
        pauses.append(round(helper._not_before - before))

    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_all_of_a_group_end_even_if_they_do_not_want_to(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "GRACE", 0.5)
    mark = tmp_path / "child"
    helper = program(
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    helper.start()
    assert wait_for(lambda: mark.exists() and mark.read_text())

    processes.end_all([helper])

    assert wait_for(lambda: is_gone(int(mark.read_text())))


def is_gone(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def test_signal_waits_until_it_does_no_harm():
    signals = Signals()

    def interrupted():
        with signals.held():
            signals._receive(signal.SIGTERM, None)
            done.append("the delicate part")

    done = []
    with pytest.raises(Interrupted):
        interrupted()
    assert done == ["the delicate part"]


def test_step_that_fails_shows_its_output(capsys):
    with pytest.raises(Problem, match="Sums failed"):
        processes.run_step(
            [sys.executable, "-c", "print(1 + 1); raise SystemExit(3)"], dict(os.environ), "Sums"
        )

    assert "2" in capsys.readouterr().err
