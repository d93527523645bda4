"""Every address has its row in the table of who may open it."""

from config.access import ACCESS, access_to, addresses


def test_every_url_has_a_row():
    assert [address.route for address in addresses() if access_to(address.name) is None] == []


def test_every_row_has_a_url():
    names = {address.name for address in addresses()}
    assert set(ACCESS) - names <= {"components"}


def test_rows_name_the_arguments_of_their_url():
    for address in addresses():
        access = ACCESS.get(address.name)
        if access is not None:
            assert set(access.arguments) == set(address.parameters), address.name
