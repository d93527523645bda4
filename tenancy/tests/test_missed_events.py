import pytest
from django.core.management import call_command
from django.dispatch import Signal

from lib.events import listens_to
from tenancy.context import organization_context
from tenancy.missed_events import replay_events
from tenancy.models import MissedEvent

pytestmark = pytest.mark.django_db

happened = Signal()
heard = []
moods = {"deaf": True}


@listens_to(happened)
def hear(sender, *, what, **facts):
    if moods["deaf"]:
        raise RuntimeError("not now")
    heard.append(what)


@pytest.fixture(autouse=True)
def _start_deaf():
    heard.clear()
    moods["deaf"] = True


def test_failed_listener_is_kept_and_told_again(organization, caplog):
    happened.send(sender=None, what="a stone fell")
    assert (heard, MissedEvent.objects.get().error) == ([], "RuntimeError: not now")

    again = replay_events()
    assert (again.failed, MissedEvent.objects.get().failure_count) == (1, 2)

    moods["deaf"] = False
    again = replay_events()
    assert (again.heard, heard, MissedEvent.objects.count()) == (1, ["a stone fell"], 0)


def test_event_whose_listener_is_gone_is_forgotten(organization):
    MissedEvent.objects.create(listener="no.longer.there", facts={}, error="")
    assert replay_events().gone == 1
    assert not MissedEvent.objects.exists()


def test_command_visits_every_organization(organization, other_organization, caplog, capsys):
    for one in (organization, other_organization):
        with organization_context(one):
            happened.send(sender=None, what=one.slug)
    moods["deaf"] = False

    call_command("replay_events")

    assert set(heard) == {"harbor", "summit"}
    assert "harbor: 1 heard" in capsys.readouterr().out
