"""Every address, asked by everybody: each answer goes through all that any answer must fulfil.

One walk for many checks, since asking is what takes the time. Beside each check stands a test that it finds
what it looks for.
"""

import pytest

from config.access import Access, Address, Who
from config.tests import test_access
from config.tests.test_access import OTHER_REASONS, VISITORS, ask, cookies_of, is_refused, pages
from config.tests.test_safe_methods import wrongly_written
from config.tests.test_web_defences import bare_scripts, kept_by_others, missing_defences

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

canary, people = test_access.canary, test_access.people


def wrong_doors(visitor, address, access, method, response):
    """How an address answers otherwise than the table says."""
    if response.status_code >= 500:
        yield response.status_code
    may = access.who_may(method) in VISITORS[visitor]
    if address.name not in OTHER_REASONS and may == is_refused(response):
        yield response.status_code if may else "let in"


CHECKS = [wrong_doors, wrongly_written, missing_defences, bare_scripts, kept_by_others]


def methods_of(visitor, address, access):
    """All that the table names; of the back office without HEAD, which runs what GET runs."""
    has_head = visitor in ("student on the course", "admin") and "admin" not in address.name
    return [method for method in access.methods if has_head or method != "HEAD"]


def walk(canary, person, visitor):
    """How many addresses were asked, and what is wrong with which answer."""
    cookies, asked, wrong = cookies_of(canary, person), 0, []
    for address, access, path in pages(canary):
        for method in methods_of(visitor, address, access):
            response = ask(canary, cookies, method, path)
            asked += 1
            wrong += [
                (check.__name__, address.name, method, what)
                for check in CHECKS
                for what in check(visitor, address, access, method, response)
            ]
    return asked, wrong


@pytest.mark.parametrize("visitor", VISITORS)
def test_every_answer_is_as_it_must_be(canary, people, visitor):
    asked, wrong = walk(canary, people.get(visitor), visitor)
    assert wrong == []
    assert asked > 300


@pytest.mark.parametrize(
    ("who", "path", "found"),
    [
        (Who.ADMIN, "/courses/", ["let in"]),
        (Who.ANYONE, "/admin/", [302]),
        (Who.ANYONE, "/courses/", []),
        (Who.ADMIN, "/admin/", []),
    ],
)
def test_a_wrong_row_of_the_table_is_found(canary, who, path, found):
    address, access = Address("page", path, (), None), Access(("GET",), who)
    response = ask(canary, cookies_of(canary, None), "GET", path)
    assert list(wrong_doors("anonymous", address, access, "GET", response)) == found
