from certificates.models.certificate import Certificate
from certificates.models.design import CertificateDesign, Look
from certificates.models.signing_key import SigningKey

__all__ = ["Certificate", "CertificateDesign", "Look", "SigningKey"]
