"""A person's agenda over all their courses, and the same for their calendar program."""

from datetime import timedelta
from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agenda import feeds
from agenda.calendar import calendar_of
from agenda.dates import Span, dates_of
from agenda.pages import Wish, agenda_of, by_day
from lib.access import public
from lib.pagination import page_url
from tenancy.links import site_origin
from users.time_zones import as_read_by

NEXT_DATES = 4
NEXT_DAYS = timedelta(days=30)
FEED_BACK = timedelta(days=90)  # what has been stays in the calendar program for so long
FEED_AHEAD = timedelta(days=400)
FEED_LENGTH = 1_000  # events
CALENDAR_TYPE = "text/calendar; charset=utf-8"


@require_safe
def agenda(request):
    wish = Wish.of(request.GET)
    cursor = request.GET.get("cursor")
    found = agenda_of(request.user.pk, wish, cursor=cursor, now=request.now)
    context = {
        "days": by_day(found.page, now=request.now),
        "agenda": found,
        "wish": wish,
        "next_url": page_url(wish.as_query(), found.page.next_cursor),
        "previous_url": page_url(wish.as_query(), found.page.previous_cursor),
        "nav": "learning",
    }
    return render(request, "agenda/agenda.html", context)


@require_safe
def next_dates(request):
    """The part of the dashboard that asks for itself once the page is there."""
    span = Span(request.now, request.now + NEXT_DAYS)
    dates = dates_of([request.user.pk], span)[:NEXT_DATES]
    return render(request, "agenda/_next.html", {"days": by_day(dates, now=request.now)})


@never_cache
@require_safe
def calendar(request):
    secret = feeds.secret_of(request.user)
    address = f"{site_origin(request)}{reverse('agenda:feed', args=[secret])}" if secret else ""
    return render(request, "agenda/calendar.html", {"address": address})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_renew(request):
    """Make an address; where there is one, it asks first, for the old one ends."""
    if request.method == "POST":
        feeds.renew_feed(request.user)
        messages.success(request, _("Your calendar address is ready."))
        return redirect("agenda:calendar")
    return render(request, "agenda/calendar_renew.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_end(request):
    if request.method == "POST":
        feeds.end_feed(request.user)
        messages.success(request, _("The calendar address has ended."))
        return redirect("agenda:calendar")
    return render(request, "agenda/calendar_end.html")


@public
@require_safe
def feed(request, secret):
    """What a calendar program reads: no session, no page, the dates of whoever owns the address."""
    person = feeds.owner_of(secret)
    if person is None:
        raise Http404
    if feeds.is_asked_too_often(person):
        return _guarded(_too_often())
    with as_read_by(person):
        dates = dates_of([person.pk], Span(request.now - FEED_BACK, request.now + FEED_AHEAD))
        body = calendar_of(
            dates[:FEED_LENGTH],
            name=request.organization.name,
            origin=f"{request.scheme}://{request.get_host()}",
            site=str(person.organization_id),
        )
        language = get_language()
    etag = f'"{sha256(body).hexdigest()}"'
    answer = HttpResponse(body, content_type=CALENDAR_TYPE)
    answer["Content-Disposition"] = 'inline; filename="agenda.ics"'
    answer["Content-Language"] = language
    answer["ETag"] = etag
    return _guarded(get_conditional_response(request, etag=etag, response=answer))


def _too_often():
    text = _("This calendar is asked for too often. Try again in an hour.")
    answer = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = str(feeds.PERIOD)
    return answer


def _guarded(answer):
    """Kept by its reader alone, asked for anew each time, in no index; its address goes nowhere."""
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
