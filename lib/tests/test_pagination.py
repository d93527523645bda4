import base64
import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.models import Count, F, Sum, Value
from django.db.models.functions import Coalesce, Lower

from lib.pagination import paginate

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FIRST_PAGE = list(range(8))


class Row(models.Model):
    id = models.UUIDField(primary_key=True)
    number = models.IntegerField()
    published_at = models.DateTimeField()
    on = models.DateField()
    score = models.DecimalField(max_digits=6, decimal_places=2)
    title = models.CharField(max_length=50)
    maybe = models.IntegerField(null=True)
    parent = models.ForeignKey("self", models.DO_NOTHING, null=True)
    ratio = models.FloatField()
    took = models.DurationField()

    class Meta:
        app_label = "lib_tests"
        apps = Apps()
        managed = False

    def __str__(self):
        return self.title


@pytest.fixture
def rows(db):
    """30 rows with many ties, in a table of this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE lib_tests_row (id uuid PRIMARY KEY, number int, published_at timestamptz,"
            ' "on" date, score numeric(6, 2), title text, maybe int, parent_id uuid, ratio float, took interval)'
            " ON COMMIT DROP"
        )
    made = [
        Row(
            id=uuid.UUID(int=number * 7919 % 31 + 1),
            number=number,
            published_at=START + dt.timedelta(days=number // 4, microseconds=number // 3),
            on=START.date() + dt.timedelta(days=number // 5),
            score=Decimal(number // 6) / 4,
            title=["a", "B", "ü", "C%_'\"", "日本"][number % 5],
            maybe=number if number % 2 else None,
            parent_id=uuid.UUID(int=number % 3 * 7919 % 31 + 1),
            ratio=0.1 * (number // 4),
            took=dt.timedelta(seconds=number // 4, microseconds=7),
        )
        for number in range(30)
    ]
    Row.objects.bulk_create(made)
    return Row.objects.all()


def key(item):
    return item["id"] if isinstance(item, dict) else item.pk


def walk(queryset, order, size):
    """All pages to the end, then all pages back to the beginning."""
    page = paginate(queryset, order=order, size=size)
    assert not page.has_previous
    forwards, pages = [page], 1
    while page.has_next:
        page = paginate(queryset, order=order, size=size, cursor=page.next_cursor)
        forwards.append(page)
        pages += 1
        assert pages < 40
    backwards = [page]
    while page.has_previous:
        page = paginate(queryset, order=order, size=size, cursor=page.previous_cursor)
        backwards.insert(0, page)
    return [[key(item) for item in page] for page in forwards], [
        [key(item) for item in page] for page in backwards
    ]


ORDERS = [
    ("-published_at", "-id"),
    ("published_at", "-id"),
    ("-score", "title", "-id"),
    ("score", "number"),
    ("on", "-title", "id"),
    ("title", "pk"),
    ("-ratio", "-id"),
    ("took", "-id"),
    ("-parent__number", "id"),
    ("-half", "-id"),
    ("lower", "-half", "id"),
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 7, 29, 30, 31])
def test_pages_show_each_row_once_in_both_directions(rows, order, size):
    queryset = rows.select_related("parent").annotate(half=F("number") / 2, lower=Lower("title"))
    expected = [row.pk for row in queryset.order_by(*order)]

    forwards, backwards = walk(queryset, order, size)

    assert [pk for page in forwards for pk in page] == expected
    assert backwards[0] == expected[:size]
    assert sorted({pk for page in backwards for pk in page}) == sorted(expected)


@pytest.mark.parametrize("order", [("-children", "id"), ("children", "id"), ("-children", "-id")])
def test_pages_by_an_aggregate_and_by_values(rows, order):
    queryset = rows.annotate(children=Count("parent") + Sum("parent__number")).values(
        "id", "children"
    )

    forwards, _backwards = walk(queryset, order, 4)

    assert [pk for page in forwards for pk in page] == [
        row["id"] for row in queryset.order_by(*order)
    ]


def test_named_rows_can_be_paged(rows):
    queryset = rows.values_list("number", "id", named=True)

    page = paginate(queryset, order=("number", "id"), size=3)
    page = paginate(queryset, order=("number", "id"), size=3, cursor=page.next_cursor)

    assert [row.number for row in page] == [3, 4, 5]


def test_page_that_was_emptied_leads_back(rows):
    page = paginate(rows, order=("number",), size=10)
    rows.filter(number__gt=9).delete()

    last = paginate(rows, order=("number",), size=10, cursor=page.next_cursor)

    assert (list(last), last.has_next, last.has_previous) == ([], False, True)
    back = paginate(rows, order=("number",), size=5, cursor=last.previous_cursor)
    assert [row.number for row in back] == [4, 5, 6, 7, 8]


def test_rows_that_come_and_go_do_not_shift_the_pages(rows):
    page = paginate(rows, order=("number",), size=10)
    rows.filter(number__in=[0, 1, 9]).delete()

    following = paginate(rows, order=("number",), size=10, cursor=page.next_cursor)

    assert [row.number for row in following] == list(range(10, 20))


def test_null_in_an_ordering_column_is_refused(rows):
    with pytest.raises(ValueError, match="maybe is NULL"):
        paginate(rows.filter(maybe=None), order=("maybe", "id"), size=5)

    told = rows.annotate(known=Coalesce("maybe", Value(-1)))
    assert len(paginate(told, order=("known", "id"), size=5)) == 5


def test_each_page_is_one_query_through_the_index(rows, django_assert_num_queries):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE INDEX lib_tests_row_list ON lib_tests_row (published_at DESC, id DESC)"
        )
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    page = paginate(rows, size=8)

    with django_assert_num_queries(1) as queries:
        paginate(rows, size=8, cursor=page.next_cursor)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + queries.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Cond: (ROW(published_at, id) < ROW(" in plan
    assert "Sort" not in plan


def encoded(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


ORDER = "number,-score,published_at,title,id"
GOOD = [5, "1.00", "2026-01-01T00:00:00+00:00", "a", str(uuid.UUID(int=1))]
WRONG = {
    0: ["x", "", None, [], 1.5, "\x00"],
    1: ["x", "NaN", "Infinity", "", None, {}],
    2: ["x", "2026-13-01T00:00:00+00:00", "2026-01-01T00:00:00", 5, None, "\x00"],
    3: ["\x00", None, [], "\ud800"],
    4: ["x", None, "\x00", str(uuid.UUID(int=1)) + "0"],
}


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "ä",
        "\x00",
        "a" * 5_000,
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 900).decode(),
        encoded(),
        encoded(1),
        encoded(ORDER, 0),
        encoded(ORDER, 2, *GOOD),
        encoded(ORDER, 0, *GOOD, 1),
        encoded("-number,id", 0, *GOOD),
        *(
            encoded(ORDER, 0, *GOOD[:index], wrong, *GOOD[index + 1 :])
            for index, values in WRONG.items()
            for wrong in values
        ),
    ],
)
def test_tampered_cursor_leads_to_the_first_page(rows, cursor):
    page = paginate(rows, order=tuple(ORDER.split(",")), size=8, cursor=cursor)

    assert [row.number for row in page] == FIRST_PAGE


@pytest.mark.parametrize(
    "values",
    [
        [10**300, *GOOD[1:]],
        [-(10**300), "9" * 400, *GOOD[2:]],
        [5, "1e400", *GOOD[2:]],
        [*GOOD[:2], "0001-01-01T00:00:00+14:00", *GOOD[3:]],
        [*GOOD[:2], "9999-12-31T23:59:59-14:00", *GOOD[3:]],
        [*GOOD[:3], "'; DROP TABLE x; --", GOOD[4]],
    ],
)
def test_extreme_cursor_is_no_error(rows, values):
    paginate(rows, order=tuple(ORDER.split(",")), size=8, cursor=encoded(ORDER, 0, *values))


def test_size_is_bounded(rows):
    assert len(paginate(rows, order=("number",), size=0)) == 1
    assert paginate(rows, order=("number",), size=10**9).size == 500
