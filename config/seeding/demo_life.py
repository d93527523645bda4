"""What goes on in the demo schools beside learning, one scene per feature."""

import random
from collections.abc import Callable
from datetime import timedelta

import yaml
from django.conf import settings
from django.db.models import F

from config.seeding.demo_billing import add_billing, add_shared_plan
from config.seeding.demo_cast import Cast
from config.seeding.demo_enrolling import (
    add_ends,
    add_invitations,
    add_opening,
    add_requests,
    add_sections,
    add_waitlist,
)
from config.seeding.demo_learning import Learners
from config.seeding.demo_results import add_certificates, add_reviews
from courses.models import Course
from enrollments.models import Enrollment
from notifications.models import Notification
from users.models import Mail

TEXTS = settings.BASE_DIR / "content" / "demo" / "life.yaml"
UNREAD_SINCE = timedelta(days=4)

#: Which course has what to show; a school without the course goes without.
SCENES: dict[str, tuple[Callable[[Course, Cast], None], ...]] = {
    "speak-so-people-listen": (add_waitlist,),
    "music-theory-by-ear": (add_invitations,),
    "learning-how-to-learn": (add_sections,),
    "git-without-fear": (add_ends, add_certificates),
    "spanish-for-daily-life": (add_opening,),
    "the-science-of-cooking": (add_billing,),
    "drawing-what-you-see": (add_shared_plan,),
}
BY_APPROVAL = "data-and-people"


def add_life(cast: Cast) -> None:
    """Play every scene for which the school has the course; nobody gets a mail of it."""
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    for slug, reviews in texts["reviews"].items():
        if course := cast.courses.get(slug):
            add_reviews(course, cast, reviews)
    for slug, scenes in SCENES.items():
        for scene in scenes if slug in cast.courses else ():
            scene(cast.courses[slug], cast)
    if course := cast.courses.get(BY_APPROVAL):
        add_requests(course, cast, texts)
    _let_learn(cast)
    _settle_notices(cast)


def _let_learn(cast):
    """Whoever came onto a course in a scene has done something there since."""
    learners = Learners(random.Random(7), cast.now)  # noqa: S311 -- equal every time, on purpose
    slugs = {*SCENES, BY_APPROVAL} & set(cast.courses)
    here = Enrollment.objects.filter(
        course__slug__in=slugs,
        status=Enrollment.Status.ACTIVE,
        last_activity_at__isnull=True,
    )
    for enrollment in here.select_related("course").order_by("enrolled_at", "id"):
        learners.go_on(enrollment, learners.chance.choice((0, 0.3, 0.5, 0.8)))
    learners.store()


def _settle_notices(cast):
    """Count what the scenes wrote as mailed when it happened, and what is old as read."""
    Mail.objects.filter(sent_at__isnull=True).update(sent_at=cast.now)
    Notification.objects.filter(mailed_at__isnull=True).update(mailed_at=F("happened_at"))
    old = Notification.objects.filter(happened_at__lt=cast.now - UNREAD_SINCE)
    old.update(read_at=F("happened_at"))
