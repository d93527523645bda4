"""Answers that say why: whether something is allowed, and how a number came about."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, as data: a stable code, a sentence for a person, and where to go next."""

    code: str
    text: str
    url: str = ""
    url_label: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "code": self.code,
            "text": str(self.text),
            "url": str(self.url),
            "url_label": str(self.url_label),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done, and why. True in a condition when it may.

    A refusal always carries at least one reason; an approval may carry some ("a seat was kept for you").
    """

    allowed: bool
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self):
        if not self.allowed and not self.reasons:
            raise ValueError("A refusal needs a reason.")

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def reason(self) -> Reason | None:
        """The first and most important reason, None for a plain approval."""
        return self.reasons[0] if self.reasons else None

    @property
    def code(self) -> str:
        return self.reasons[0].code if self.reasons else ""

    @property
    def message(self) -> str:
        """All reasons as one text."""
        return " ".join(str(reason.text) for reason in self.reasons) or str(_("Allowed."))

    def as_dict(self) -> dict[str, Any]:
        """`allowed` and `message` for the API, with the reasons as data beside them."""
        return {
            "allowed": self.allowed,
            "message": self.message,
            "reasons": [reason.as_dict() for reason in self.reasons],
        }


def allow(*reasons: Reason) -> Decision:
    """Yes, with a remark or without."""
    return Decision(True, reasons)


def refuse(*reasons: Reason) -> Decision:
    """No, for these reasons, the most important first. ValueError without one."""
    return Decision(False, reasons)


def all_of(*decisions: Decision) -> Decision:
    """Allowed when each is; a refusal gathers the reasons of all that refuse."""
    refused = [decision for decision in decisions if not decision.allowed]
    if refused:
        return Decision(False, tuple(reason for decision in refused for reason in decision.reasons))
    return Decision(True, tuple(reason for decision in decisions for reason in decision.reasons))


@dataclass(frozen=True, slots=True)
class Part:
    """One contribution to a number: what it is, what it gave, what it could have given."""

    label: str
    value: Any
    out_of: Any = None
    code: str = ""
    url: str = ""
    is_missing: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"label": str(self.label)}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number with the parts it was made of: why 95 %?"""

    value: Any
    parts: tuple[Part, ...] = ()
    summary: str = ""

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that still stand between this number and the full one."""
        return tuple(part for part in self.parts if part.is_missing)

    def as_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "summary": str(self.summary),
            "parts": [part.as_dict() for part in self.parts],
        }
