import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail as sent_mails
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tenancy.context import organization_context
from tenancy.tasks import clean_up_tenancy
from tenancy.tests.factories import found_organization
from users import outbox, tasks
from users.models import Mail

NOW = timezone.now()


class BrokenServer(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


def queue():
    return outbox.queue_mail(
        recipient="ada@example.org", subject="Hello", text="Text", html="<p>Text</p>"
    )


@pytest.mark.django_db
def test_a_mail_goes_out_once(organization):
    mail = queue()
    assert outbox.send_mail(str(mail.pk), now=NOW) is True
    assert outbox.send_mail(str(mail.pk), now=NOW) is False
    (message,) = sent_mails.outbox
    assert message.from_email == "Harbor School <noreply@localhost>"
    assert message.to == ["ada@example.org"]
    assert message.alternatives[0].mimetype == "text/html"
    assert str(mail.pk) in message.extra_headers["Message-ID"]


@pytest.mark.django_db
def test_a_mail_waits_for_the_commit_of_what_it_tells(organization):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_a_refused_mail_stays_and_goes_out_later(organization, settings):
    mail = queue()
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"
    with pytest.raises(ConnectionRefusedError), transaction.atomic():
        tasks.send_mail(str(organization.pk), str(mail.pk))
    mail.refresh_from_db()
    assert mail.sent_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.send_mail(str(organization.pk), str(mail.pk))
    assert len(sent_mails.outbox) == 1


@pytest.mark.django_db
def test_a_refused_mail_is_tried_again():
    decision = tasks.send_mail.retry_strategy.get_retry_decision(
        exception=ConnectionRefusedError(), job=type("Job", (), {"attempts": 1, "id": 1})()
    )
    assert decision is not None


@pytest.mark.django_db
def test_a_mail_of_another_organization_is_not_found(organization, other_organization):
    mail = queue()
    tasks.send_mail(str(other_organization.pk), str(mail.pk))
    assert sent_mails.outbox == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(school):
        mail = queue()
    start = threading.Barrier(2)

    def work():
        start.wait()
        try:
            tasks.send_mail(str(school.pk), str(mail.pk))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sent_mails.outbox) == 1


@pytest.mark.django_db
def test_the_night_removes_what_is_old_in_every_organization(organization, other_organization):
    old = NOW - timedelta(days=40)
    for each in (organization, other_organization):
        with organization_context(each):
            done, waiting, fresh = queue(), queue(), queue()
            Mail.objects.filter(pk=done.pk).update(sent_at=old)
            Mail.objects.filter(pk=fresh.pk).update(sent_at=NOW)
            for name, end in (("a", old), ("b", NOW + timedelta(days=1))):
                Session.objects.create(
                    session_key=f"{each.slug}{name}", session_data="", expire_date=end
                )
            assert waiting.pk
    tasks.clean_up_accounts(0)
    clean_up_tenancy(0)
    for each in (organization, other_organization):
        with organization_context(each):
            assert Mail.objects.count() == 2
            assert Session.objects.count() == 1
