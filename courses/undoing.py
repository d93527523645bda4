"""How changes of subjects, courses and who looks after them are undone."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from activity import undo_registry
from activity.undo_registry import Change, Question, Right, UndoTable, Values, always
from courses import permissions, preflight
from courses.cache import bump_catalogue_version
from courses.errors import CourseRefused, NotReady, ReviewRefused
from courses.models import (
    Course,
    CourseDraft,
    CoursePrerequisite,
    CourseReview,
    CourseSeats,
    CourseStaff,
    CourseVersion,
    FormerSlug,
    RoleAssignment,
    Subject,
)
from courses.reviewing import decide_review
from courses.services.locking import require_teacher
from courses.services.prerequisites import check_prerequisites, one_at_a_time
from courses.services.roles import decide_role
from courses.services.trash import trash_course
from lib import markdown
from lib.decisions import Reason
from tenancy import security
from users.models import Permission, Role, User
from users.roles import RoleRefused, require


def rights_by(permission: Permission, *, through: QuerySet | None = None) -> Callable:
    """Rights on courses: `permission` to change them, and that of undoing to undo what others did.

    With `through`, rows that have a `course`: on these rows.
    """

    def rights(user, ids: set[UUID]) -> Question:
        # Who made a course that is gone may make it again.
        remakes = through is None and permissions.can_create_course(user)
        gone = Right.CHANGE if remakes else Right.NONE

        def answer(key, is_there, is_mine, is_to_undo):
            if not is_there:
                return gone
            if not is_mine:
                return Right.NONE
            return Right.OWN if is_to_undo else Right.CHANGE

        rows = (Course.objects if through is None else through).filter(pk__in=ids)
        mine = _on_courses(rows, user, permission, through)
        others = _on_courses(rows, user, Permission.ACTIVITY_UNDO, through)
        return Question(answer, (rows, mine, others))

    return rights


def _on_courses(rows, user, permission, through):
    if through is None:
        return rows.permitted_to(user, permission)
    return rows.filter(course__in=Course.objects.permitted_to(user, permission))


course_rights = rights_by(Permission.COURSE_EDIT)
staff_rights = rights_by(Permission.COURSE_STAFF)


def subject_rights(user, ids: set[UUID]) -> Question:
    return always(Right.CHANGE if permissions.can_edit_subjects(user) else Right.NONE)


def review_rights(user, ids: set[UUID]) -> Question:
    """What one did oneself; `check_review` and `after_reviews` say whether it was about one's own review."""

    def answer(key, is_to_undo):
        return Right.OWN if is_to_undo else Right.CHANGE

    courses = Course.objects.filter(pk__in=ids)
    return Question(answer, (courses.permitted_to(user, Permission.ACTIVITY_UNDO),))


def assignment_rights(user, ids: set[UUID]) -> Question:
    """Whether a role may be given or taken, `after_roles` asks as the service does."""
    return always(Right.OWN if user.is_admin else Right.CHANGE)


def lock_courses(ids: Iterable[UUID]) -> None:
    """Hold the courses, in the order of their ids, as every service does before it changes their parts."""
    rows = Course.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def check_course(user, change: Change, values: Values) -> Reason | None:
    """Giving away, putting in the trash and publishing have rights of their own."""
    changed = set(change.after or {})
    course = Course(pk=change.row_id, owner_id=UUID(values["owner_id"]) if values.get("owner_id") else None)  # fmt: skip
    is_update = change.operation == "UPDATE"
    if is_update and changed & {"owner_id", "deleted_at"}:
        if permissions.owns_or_runs(user, course):
            return None
        return Reason("not_owner", _("Only the owner or an admin may do that."))
    if is_update and "status" in changed and not permissions.can_publish_course(user, course):
        return Reason("not_publisher", _("Publishing is for others to decide."))
    return None


def after_courses(changes: list[Change], *, by, now) -> None:
    """Make anew what is derived from a course, and let it be one that could be as it is."""
    courses = Course.objects.filter(pk__in={change.row_id for change in changes})
    came_back = {change.row_id for change in changes if change.operation == "DELETE"}
    for course in courses.select_related("owner"):
        if course.pk in came_back:
            # Above every version that the course had before, by which its outline may still be kept.
            course.outline_version = int(now.timestamp())
        text = course.description
        course.description_html = markdown.render(text).html if text else ""
        course.save(update_fields=["description_html", "outline_version"])
        if course.owner is not None and _was_touched(changes, course.pk, "owner_id"):
            require_teacher(course.owner)
        if course.is_published and _was_touched(changes, course.pk, "status"):
            _require_ready(course)
    bump_catalogue_version()


def _was_touched(changes, course_id, column):
    return any(
        change.row_id == course_id
        and change.operation == "UPDATE"
        and column in change.after
        for change in changes
    )  # fmt: skip


def _require_ready(course):
    if errors := preflight.errors_of(course):
        raise NotReady(errors)


def after_staff(changes: list[Change], *, by, now) -> None:
    """Who comes back to teach must still be somebody who may."""
    back = [change.before["user_id"] for change in changes if change.operation == "DELETE"]
    for person in User.objects.filter(pk__in=back):
        require_teacher(person)
    bump_catalogue_version()


def after_prerequisites(changes: list[Change], *, by, now) -> None:
    """No circle closes by what comes back."""
    one_at_a_time()
    for course_id in sorted({change.values["course_id"] for change in changes}):
        links = CoursePrerequisite.objects.filter(course=course_id)
        check_prerequisites(UUID(course_id), set(links.values_list("required_course", flat=True)))
    bump_catalogue_version()


def check_review(user, change: Change, values: Values) -> Reason | None:
    """What somebody wrote, only they themselves change or bring back."""
    changed = set(change.after or {})
    is_of_author = change.operation != "UPDATE" or bool(changed & {"rating", "text"})
    author = values.get("author_id") or change.values.get("author_id")
    if is_of_author and str(user.pk) != str(author):
        return Reason("not_author", _("Only who wrote the review may do that."))
    return None


def after_reviews(changes: list[Change], *, by, now) -> None:
    """What comes back must be what one may write, or do as one who looks after the course, today."""
    for change in changes:
        if change.operation == "INSERT":
            continue
        review = CourseReview.objects.select_related("course").get(pk=change.row_id)
        if review.author_id == by.pk:
            decision = decide_review(by, review.course_id)
            if not decision:
                raise ReviewRefused(decision.message)
        elif not permissions.can_edit_course(by, review.course):
            raise ReviewRefused(_("You do not look after this course any more."))
    bump_catalogue_version()


def after_roles(changes: list[Change], *, by, now) -> None:
    """Nobody gives or takes by undoing what they could not otherwise; the security log tells of it."""
    for change in changes:
        role = Role.objects.get(pk=change.values["role_id"])
        person = User.objects.get(pk=change.values["user_id"])
        course = Course.objects.filter(pk=change.values["course_id"]).first()
        require(decide_role(by, role, user=person, course=course))
        security.record(
            security.Kind.ROLE_CHANGED,
            user_id=person.pk,
            role=role.name,
            change="given" if change.operation == "DELETE" else "taken",
            course=course.title if course else None,
        )


def forget_catalogue(changes: list[Change], *, by, now) -> None:
    bump_catalogue_version()


of_course = {"key": "course_id", "rights": course_rights, "lock": lock_courses}
undo_registry.register(UndoTable(model=Subject, rights=subject_rights, after=forget_catalogue))
undo_registry.register(
    UndoTable(
        model=Course,
        rights=course_rights,
        derived=frozenset({"description_html", "outline_version"}),
        files=("thumbnail",),
        parts=((CourseSeats, "course_id"),),
        check=check_course,
        lock=lock_courses,
        trash=trash_course,
        after=after_courses,
        refusals=(CourseRefused,),
    )
)
undo_registry.register(
    UndoTable(
        model=CourseStaff,
        **of_course | {"rights": staff_rights},
        needs_right=True,
        after=after_staff,
    )
)
undo_registry.register(
    UndoTable(
        model=CoursePrerequisite,
        **of_course,
        uses=frozenset({"required_course_id"}),
        after=after_prerequisites,
    )
)
undo_registry.register(
    UndoTable(
        model=CourseReview,
        **of_course | {"rights": review_rights},
        title="",
        check=check_review,
        after=after_reviews,
        refusals=(CourseRefused,),
    )
)
undo_registry.register(
    UndoTable(model=FormerSlug, **of_course, title="slug", after=forget_catalogue)
)
undo_registry.register(
    UndoTable(
        model=RoleAssignment,
        rights=assignment_rights,
        needs_right=True,
        after=after_roles,
        refusals=(RoleRefused,),
    )
)
undo_registry.register_history(CourseVersion, of="course_id")
undo_registry.register_consequence(CourseDraft)  # what it said is in a version once it is published
