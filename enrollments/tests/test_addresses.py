"""Pasted lists of addresses and domains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments.addresses import read_list


@pytest.mark.parametrize(
    ("text", "values", "refused"),
    [
        ("", [], []),
        ("Ada@Example.org", ["ada@example.org"], []),
        ("a@b.org, c@b.org;d@b.org\ne@b.org", ["a@b.org", "c@b.org", "d@b.org", "e@b.org"], []),
        ("a@b.org A@B.ORG", ["a@b.org"], []),
        ("Ada Stone <ada@b.org>, Bo <bo@b.org>", ["ada@b.org", "bo@b.org"], []),
        ("nobody", [], ["nobody"]),
        ("a@b.org @ a@ @b", ["a@b.org"], ["@", "a@", "@b"]),
        ("example.org", [], ["example.org"]),
    ],
)
def test_addresses_are_read_from_what_people_paste(text, values, refused):
    assert read_list(text) == (values, refused)


@pytest.mark.parametrize(
    ("text", "values", "refused"),
    [
        ("example.org @EXAMPLE.org *@example.org", ["@example.org"], []),
        ("ada@example.org\nmail.example.org", ["ada@example.org", "@mail.example.org"], []),
        ("localhost @ * .org exa_mple.org", [], ["localhost", "@", "*", ".org", "exa_mple.org"]),
    ],
)
def test_domains_are_read_where_they_may_stand(text, values, refused):
    assert read_list(text, with_domains=True) == (values, refused)


@given(st.text(max_size=200), st.booleans())
def test_whatever_is_pasted_gives_addresses_in_lower_case(text, with_domains):
    values, _refused = read_list(text, with_domains=with_domains)
    assert all("@" in value and value == value.lower() for value in values)
    assert read_list("\n".join(values), with_domains=with_domains).values == values
