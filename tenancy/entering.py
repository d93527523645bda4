"""What apps above read in the journey to the database by which a request begins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from lib.rows import Parameters

Question = tuple[str, Parameters]


@dataclass(frozen=True)
class _Reader:
    ask: Callable[[HttpRequest], Question | None]
    receive: Callable[[HttpRequest, Any], None]


_readers: list[_Reader] = []


def read_on_entering(ask, receive) -> None:
    """Run a statement right after a request's organization is set, without a journey of its own. For `ready()`.

    `ask(request)` returns the statement and its values, or None; `receive(request, row)` gets the first row,
    None where there is none or nothing was asked.
    """
    _readers.append(_Reader(ask, receive))


def questions_of(request: HttpRequest) -> list[Question | None]:
    """What each reader asks for this request."""
    return [reader.ask(request) for reader in _readers]


def hand_over(request: HttpRequest, questions: list[Question | None], rows: list) -> None:
    """Give each reader the row that answers its question."""
    answers = iter(rows)
    for reader, question in zip(_readers, questions, strict=True):
        reader.receive(request, None if question is None else next(answers))
