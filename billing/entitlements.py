"""Is somebody entitled to a course, and why? One answer for the page, the admin and whoever gives places."""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import Plan
from enrollments.standing import Standing, standing_of
from lib.decisions import Decision, Reason, allow, refuse
from lib.money import money
from lib.rows import fetch_row

#: How long a subscription that renews goes on after a period whose successor is not paid yet.
GRACE = timedelta(days=14)

#: Whether the plan `p` opens the course `c`.
OPENS = """
(p.opens_all_courses OR EXISTS (
    SELECT FROM billing_planscope x WHERE x.plan_id = p.id
    AND (x.course_id = c.id OR x.subject_id = c.subject_id OR (x.tag <> '' AND x.tag = ANY (c.tags)))
))
"""

#: The last day on which the subscription `s` entitles, NULL where there is none.
LAST_DAY = "(s.ends_on + CASE WHEN s.renews THEN %(grace)s::int ELSE 0 END)"

ENTITLED = f"""
SELECT o.status AS order_status, i.id AS invoice_id, i.year, i.number,
    (
        SELECT json_build_array(p.name, s.user_id IS NULL)::text
        FROM billing_subscription s JOIN billing_plan p ON p.id = s.plan_id
        WHERE s.status <> 'ended' AND s.starts_on <= %(today)s::date
            AND COALESCE({LAST_DAY} >= %(today)s::date, true)
            AND (s.user_id = %(user)s OR s.user_id IS NULL) AND {OPENS}
        ORDER BY s.user_id IS NULL, s.starts_on, s.id LIMIT 1
    ) AS plan,
    (
        SELECT p.name FROM billing_plan p
        WHERE p.is_active AND p.subject = %(person)s AND {OPENS}
        ORDER BY p.price, p.name LIMIT 1
    ) AS offer
FROM courses_course c
LEFT JOIN billing_order o
    ON o.course_id = c.id AND o.buyer_id = %(user)s AND o.status IN ('open', 'paid')
LEFT JOIN billing_invoice i ON i.order_id = o.id AND i.kind = 'invoice'
WHERE c.id = %(course)s
"""


def entitlements(user, course, *, now: datetime) -> Decision:
    """Whether `user` need not pay (any more) for `course`, and why: free, staff, bought, own plan or the
    organization's; else what it costs and the next step. Two queries."""
    return entitlements_of(standing_of(user, course.pk), now=now)


def entitlements_of(standing: Standing, *, now: datetime) -> Decision:
    """The same for a standing that was read already. One query; none for a free course, guests and staff."""
    if not standing.price:
        return allow(Reason("free", _("This course is free.")))
    if standing.user is None:
        return refuse(_price_of(standing))
    if standing.teaches:
        return allow(Reason("staff", _("You look after this course.")))
    found = _found(standing, now)
    if found.order_status == "paid":
        return allow(Reason("bought", _("You have bought this course.")))
    if found.plan is not None:
        return allow(_plan_reason(found.plan))
    return refuse(*_steps(standing, found))


class _Found(NamedTuple):
    order_status: str | None
    invoice_id: str | None
    number: str
    plan: tuple[str, bool] | None
    offer: str | None


def _found(standing, now):
    parameters = {
        "user": standing.user.pk,
        "course": standing.course_id,
        "today": now.date(),
        "grace": GRACE.days,
        "person": Plan.Subject.USER.value,
    }
    row = fetch_row(ENTITLED, parameters)
    number = "" if row.number is None else f"{row.year}-{row.number:04d}"
    plan = tuple(json.loads(row.plan)) if row.plan else None
    return _Found(row.order_status, row.invoice_id, number, plan, row.offer)


def _plan_reason(plan):
    name, is_of_all = plan
    if is_of_all:
        text = _("The plan “%(plan)s” of your organization opens this course.")
        return Reason("organization_plan", text % {"plan": name})
    return Reason("own_plan", _("Your plan “%(plan)s” opens this course.") % {"plan": name})


def _steps(standing, found):
    if found.order_status is not None:
        text = _("Your place waits for the payment of invoice %(number)s.")
        url = reverse("billing:invoice", args=[found.invoice_id])
        yield Reason("unpaid", text % {"number": found.number}, url, _("See the invoice"))
    else:
        yield _price_of(standing)
    if found.offer:
        text = _("The plan “%(plan)s” opens it, too.") % {"plan": found.offer}
        yield Reason("plan_offered", text, reverse("billing:plans"), _("See the plans"))


def _price_of(standing):
    values = {"price": money(standing.price, standing.currency)}
    text = _("This course costs %(price)s.") % values
    url = reverse("billing:order_course", args=[standing.slug])
    return Reason("payment", text, url, _("Order this course"))
