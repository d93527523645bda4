"""Looks again whether anything personal is left of somebody who was erased."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from privacy import erasing, proof
from privacy.models import ErasureRequest
from tenancy.context import organization_context
from tenancy.services import organization_ids


def a_uuid(text: str) -> UUID:
    return UUID(text)


class Command(BaseCommand):
    help = "Prints the proof of an erasure, checks its checksum, and scans again; fails if anything is left."

    def add_arguments(self, parser):
        parser.add_argument("user_id", type=a_uuid)

    def handle(self, *, user_id, **options):
        for organization_id, _slug in organization_ids():
            with organization_context(organization_id):
                asked = ErasureRequest.objects.filter(
                    person=user_id, status=ErasureRequest.Status.DONE
                ).first()
                if asked is not None:
                    self.prove(asked)
                    return
        raise CommandError("Nobody with this id has been erased.")

    def prove(self, asked):
        self.stdout.write(proof.signed_text_of(asked.proof, asked.proof_hash))
        if proof.checksum_of(asked.proof) != asked.proof_hash:
            raise CommandError("The checksum does not fit: the stored proof was changed.")
        left = erasing.remains(asked.person_id)
        if left:
            found = ", ".join(f"{table} ({count})" for table, count in left.items())
            raise CommandError(f"Still there: {found}.")
        self.stdout.write("Scanned again: nothing personal is left.")
