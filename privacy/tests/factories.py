"""Copies and erasures for tests."""

from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from privacy.models import DataExport, ErasureRequest
from users.tests.factories import UserFactory


class DataExportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DataExport

    class Params:
        ready = factory.Trait(
            status=DataExport.Status.READY,
            file=factory.LazyFunction(lambda: ContentFile(b"an archive", name="archive.zip")),
            size=10,
            finished_at=factory.LazyFunction(timezone.now),
            expires_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=7)),
        )

    person = factory.SubFactory(UserFactory)


class ErasureRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ErasureRequest

    class Params:
        approved = factory.Trait(
            status=ErasureRequest.Status.APPROVED, decided_at=factory.LazyFunction(timezone.now)
        )

    person = factory.SubFactory(UserFactory)
