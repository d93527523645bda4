"""What certificates announce, inside the transaction of the fact."""

from django.dispatch import Signal

certificate_issued = Signal()  #: Somebody has a new certificate. Facts: certificate, at.
certificate_revoked = Signal()  #: Staff revoked a certificate. Facts: certificate, by, at.
