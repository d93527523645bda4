"""How money comes in: the one seam behind which a card provider will stand."""

from dataclasses import dataclass
from typing import Protocol

from billing.models import Invoice


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a buyer does to pay: a text of the organization, and what to write on the transfer."""

    text: str
    reference: str


class Provider(Protocol):
    """A way in which invoices are paid. Whatever it learns ends in `services.record_payment`."""

    def instructions_for(self, invoice: Invoice) -> Instructions:
        """How the buyer pays this invoice."""


class ByHand:
    """The buyer pays as the invoice says, and staff record what came in."""

    def instructions_for(self, invoice: Invoice) -> Instructions:
        return Instructions(invoice.payment_details, invoice.full_number)


#: The one in use.
PROVIDER: Provider = ByHand()
