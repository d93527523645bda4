"""From the last lesson to the paper in somebody else's hands, by the worker and the pages alone."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate
from config.tests.conftest import last_mail_to
from courses.tests.factories import CourseFactory
from enrollments import services as enrollments
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_completes_a_course_is_mailed_a_certificate_that_others_can_check(school, client):
    with organization_context(school):
        ada = UserFactory(email="ada@example.org", email_verified_at=timezone.now())
        course = CourseFactory(published=True, certificate_enabled=True, title="Knots")
        enrollment = EnrollmentFactory(course=course, student=ada)
        enrollments.complete(enrollment.pk, by=ada, now=timezone.now())

    mail = last_mail_to("ada@example.org")
    with organization_context(school):
        certificate = Certificate.objects.get()
        client.force_login(ada)
    detail = client.get(reverse("certificates:detail", args=[certificate.pk])).content.decode()
    token = client.get(reverse("certificates:credential", args=[certificate.pk])).content.decode()
    client.logout()
    address = re.search(r"(/certificates/[a-z2-7]{26}/)\"", detail)[1]
    page = client.get(address).content.decode()
    checked = client.post(reverse("certificates:check"), {"credential": token}).content.decode()

    assert "Your certificate for “Knots” is ready" in mail.subject
    assert reverse("certificates:detail", args=[certificate.pk]) in mail.body
    assert "This certificate is valid" in page
    assert "This certificate is valid" in checked
