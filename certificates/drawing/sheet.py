"""What stands on a certificate, before anybody decided where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its bytes (PNG, JPEG, GIF or WebP), with its size in pixels."""

    data: bytes
    width: int
    height: int
    mime: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of A4. `color` is like "#0B6B63"; `address` is what the QR code leads to, `code` is printed below it."""

    is_landscape: bool
    color: str
    language: str
    organization: str
    heading: str
    opening: str
    name: str
    text: str
    course: str
    details: str
    signer_name: str
    signer_role: str
    check_label: str
    address: str
    code: str
    logo: Picture | None = None
    signature: Picture | None = None

    @property
    def texts(self) -> list[str]:
        """Everything that is written, in reading order."""
        return [
            self.organization, self.heading, self.opening, self.name, self.text, self.course,
            self.details, self.signer_name, self.signer_role, self.check_label, self.address, self.code,
        ]  # fmt: skip
