"""Seeing the site as a student sees it: the same pages, with everything about the student and nothing to change.

A higher floor may set a scene for the look: another time, a student who does not exist, what is not published yet.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import InternalError, connection, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from activity.permissions import can_view_as
from lib.cache import without_caches
from notifications.services import unread_count
from tenancy import security
from users.models import User
from users.permissions import grants_of
from users.time_zones import as_read_by

LASTS = timedelta(hours=1)
SESSION_KEY = "view_as"
SAFE_METHODS = ("GET", "HEAD")
STOP, SIGN_OUT = "activity:view_as_stop", "account_logout"
READ_ONLY_TRANSACTION = "25006"  # how PostgreSQL calls the refusal of a write

# The actor stays who is really there; rows are narrowed to the student's, and none can be written.
AS_STUDENT = """
SELECT set_config('app.private_to', %s, true), set_config('transaction_read_only', 'on', true)
"""


class Scene(Protocol):
    """What is different from the site as it is, while somebody looks."""

    student: User
    at: datetime  #: what the pages take for now
    title: str  #: whose eyes, for the bar
    notes: list[str]  #: what else is different, for the bar

    def set_up(self, match: ResolverMatch | None) -> None:
        """Write what the scene needs, in a savepoint that is rolled back when the page is drawn."""


SceneFunction = Callable[[User, dict, datetime], Scene | None]
_scene_functions: list[SceneFunction] = []


def register_scenes(function: SceneFunction) -> None:
    """Let `function(viewer, facts, now)` make the scene that `begin_scene` was given the facts of, as JSON knows them.

    None where the viewer may not see it any more.
    """
    if function not in _scene_functions:
        _scene_functions.append(function)


@dataclass(frozen=True, slots=True)
class ViewAs:
    """A look at the site through a student's eyes; `back` is where it leads to when it ends."""

    viewer: User
    student: User
    started_at: datetime
    back: str
    scene: Scene | None = None

    @property
    def ends_at(self) -> datetime:
        return self.started_at + LASTS


def begin(request, student: User, *, reason: str, back: str) -> None:
    """From the next request on the session shows the student's pages. Whether it may, the caller has asked."""
    request.session[SESSION_KEY] = {
        "student": str(student.pk),
        "started_at": request.now.isoformat(),
        "back": back,
    }
    security.record(security.Kind.VIEW_AS_STARTED, user_id=student.pk, reason=reason)


def begin_scene(request, facts: dict, *, person_id: UUID | None, reason: str, back: str) -> None:
    """The same with a scene. `person_id` is whom the pages are about, None for somebody who does not exist."""
    request.session[SESSION_KEY] = {
        "student": person_id and str(person_id),
        "started_at": request.now.isoformat(),
        "back": back,
        "scene": facts,
    }
    if person_id is not None:
        security.record(security.Kind.VIEW_AS_STARTED, user_id=person_id, reason=reason)


def end(request, *, how: str) -> str:
    """The session shows the viewer's own pages again. Where they came from; "" if nothing was begun."""
    kept = request.session.pop(SESSION_KEY, None)
    if kept is None:
        return ""
    lasted = request.now - parse_datetime(kept["started_at"])
    if kept["student"] is not None:
        security.record(
            security.Kind.VIEW_AS_ENDED,
            user_id=kept["student"],
            how=how,
            minutes=round(lasted.total_seconds() / 60),
        )
    return kept["back"]


class ViewAsMiddleware:
    """Answer a session that sees the site as a student as the student would be answered, in the student's language
    and time zone, and let it write nothing.

    Stands behind all that belongs to the session itself, which stays the viewer's. The view runs in a
    savepoint that the database holds to reading, and that is rolled back in any case. Only the pages named in
    `VIEW_AS_PAGES` are shown. Costs other requests nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated or SESSION_KEY not in request.session:
            return self.get_response(request)
        page = page_name(request)
        if page == STOP:
            return self.get_response(request)
        if page == SIGN_OUT and request.method == "POST":
            end(request, how="signed out")
            return self.get_response(request)
        view_as = current(request)
        if view_as is None:
            back = end(request, how="time was up")
            messages.info(request, _("You see the site as yourself again."))
            return redirect(back)
        with as_read_by(view_as.student, language=translation.get_language()):
            response = self._answer(request, view_as, page)
            response.headers.setdefault("Content-Language", translation.get_language())
        response["Cache-Control"] = "no-store"  # the browser's next page is the viewer's own
        return response

    def process_exception(self, request, exception):
        """A write that the database refused; what is said of it follows when the savepoint is rolled back."""
        if not (hasattr(request, "view_as") and is_refused_write(exception)):
            return None
        request.view_as_refused = True
        return HttpResponse(status=403)

    def _answer(self, request, view_as, page):
        request.view_as, request.view_as_refused = view_as, False
        request.user = view_as.student
        try:
            if not is_shown(page):
                return refusal(request, _("This page is not shown while you look."))
            if request.method not in SAFE_METHODS:
                return refusal(request, _("Nothing was changed."))
            response = self._answer_reading(request)
            if request.view_as_refused:
                return refusal(request, _("Nothing was changed."))
            return response
        finally:
            request.user = view_as.viewer

    def _answer_reading(self, request):
        with transaction.atomic(), _scene_set(request):
            grants_of(request.user)  # known before a view may fail, for the page that tells of it
            with connection.cursor() as cursor:
                cursor.execute(AS_STUDENT, [str(request.user.pk)])
            response = self.get_response(request)
            transaction.set_rollback(True)
        return response


@contextmanager
def _scene_set(request):
    """Draw the page at the scene's time, from what the scene wrote; no cache learns of it."""
    scene, now = request.view_as.scene, request.now
    if scene is None:
        yield
        return
    with without_caches():
        scene.set_up(_match(request))
        request.now = scene.at
        try:
            yield
        finally:
            request.now = now


def current(request) -> ViewAs | None:
    """What the session's look is about; None where its time is up, or it is no longer allowed."""
    kept = request.session[SESSION_KEY]
    started_at = parse_datetime(kept["started_at"])
    if request.now >= started_at + LASTS:
        return None
    if "scene" in kept:
        scenes = (make(request.user, kept["scene"], request.now) for make in _scene_functions)
        scene = next(filter(None, scenes), None)
        return scene and ViewAs(request.user, scene.student, started_at, kept["back"], scene)
    student = person_to_look_as(request.user, kept["student"])
    return student and ViewAs(request.user, student, started_at, kept["back"])


def person_to_look_as(viewer: User, person_id: UUID | str) -> User | None:
    """The person with all that pages say of them; None where the viewer may not see the site as they do."""
    student = User.objects.active().with_person().filter(pk=person_id).first()
    if student is None or not can_view_as(viewer, student):
        return None
    student.unread_count = unread_count(student)
    return student


def page_name(request) -> str | None:
    """The name of the address, "" for an unnamed one, None where there is no page."""
    match = _match(request)
    return match and match.view_name


def _match(request):
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def is_shown(page: str | None) -> bool:
    """Whether the page may be seen through a student's eyes; what does not exist may be, as not existing."""
    if page is None:
        return True
    return page in settings.VIEW_AS_PAGES or page.partition(":")[0] in settings.VIEW_AS_PAGES


def is_refused_write(exception: BaseException) -> bool:
    cause = exception.__cause__
    return (
        isinstance(exception, InternalError)
        and getattr(cause, "sqlstate", None) == READ_ONLY_TRANSACTION
    )


def refusal(request, text):
    return render(request, "activity/view_as_refused.html", {"text": text}, status=403)
