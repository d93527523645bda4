"""A real browser, a real server, and one school that committed its rows."""

import os
import threading
from pathlib import Path

import pytest
from django.core import mail
from procrastinate.contrib.django import app as jobs

CHROMIUM = next(
    (
        path
        for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        if Path(path).exists()
    ),
    None,
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once; every test opens a context of its own."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium: .ci/run installs it.")
        pytest.skip("Chromium is not installed on this machine")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- heavy, and only browser tests need it

    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def school(transactional_db):
    """An organization whose rows are committed, so that a server sees them."""
    from tenancy.tests.factories import found_organization  # noqa: PLC0415 -- needs the apps

    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


@pytest.fixture
def address(live_server):
    """Where the school answers."""
    return live_server.url.replace("localhost", "harbor.localhost")


def run_jobs():
    """Let the worker do what is in the queue, in a thread of its own as it wants its own event loop."""

    def work():
        with jobs.replace_connector(jobs.connector.get_worker_connector()) as worker:
            worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()


def last_mail_to(address):
    run_jobs()
    return [message for message in mail.outbox if address in message.to][-1]
