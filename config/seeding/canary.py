"""Two organizations with one unique mark in every text column of every table.

A page, mail, export or cache entry of one organization that holds a mark of the other has leaked it. The
builders below are asked for each tenant model; one without a builder fails, so a new table joins by force.
"""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone

from activity.models import Undo
from agenda.models import CalendarFeed
from billing.models import (
    BillingProfile,
    Invoice,
    Order,
    Payment,
    Plan,
    PlanScope,
    Subscription,
)
from bulk.models import BulkRow, BulkUpload
from certificates import codes
from certificates.models import Certificate, CertificateDesign, SigningKey
from content.models import (
    ContentItem,
    ContentVersion,
    CourseText,
    CourseTransfer,
    ItemDraft,
    LearningPath,
    Lesson,
    LessonDraft,
    LessonItem,
    LessonVersion,
    MediaAsset,
    MediaUse,
    Module,
    PathPrerequisite,
    PathStep,
    VideoAsset,
)
from courses.models import (
    Course,
    CourseDraft,
    CoursePrerequisite,
    CourseRating,
    CourseReview,
    CourseSeats,
    CourseStaff,
    CourseVersion,
    FormerSlug,
    RoleAssignment,
    Subject,
)
from enrollments.models import (
    Enrollment,
    EnrollmentChange,
    Invitation,
    JoinCode,
    PathEnrollment,
    PreApproval,
    Section,
    SectionMember,
    SectionStaff,
    WaitlistChange,
    WaitlistEntry,
)
from notifications.models import Cadence, Notification, Preference
from privacy.models import DataExport, ErasureRequest, RetentionPolicy
from progress.models import LessonProgress, ModuleProgress, PreviewWork
from tenancy import services
from tenancy.context import organization_context
from tenancy.models import Domain, IdempotencyKey, MissedEvent, Organization, TenantModel
from users.models import (
    ApiToken,
    FailedSignIn,
    InstructorProfile,
    Lockout,
    Mail,
    Permission,
    Profile,
    Role,
    StudentProfile,
    TokenScope,
    User,
)

PASSWORD = "canary in a coal mine"  # noqa: S105 -- for accounts that hold nothing but marks

#: A picture of one pixel, so that image columns hold a real file.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@dataclass
class Canary:
    """What was made for one organization."""

    organization: Organization
    host: str
    token: str
    rows: dict[str, models.Model] = field(default_factory=dict)
    accounts: dict[str, dict] = field(default_factory=dict)

    def mark(self, name: str) -> str:
        """A text that stands nowhere else: the organization's token and where it was put."""
        return f"canary{self.token}{name.replace('_', '').replace('.', '')}"

    def as_dict(self) -> dict:
        return {
            "id": str(self.organization.pk),
            "slug": self.organization.slug,
            "host": self.host,
            "mark": f"canary{self.token}",
            "accounts": self.accounts,
            "ids": {label: str(row.pk) for label, row in self.rows.items()},
        }


def seed_canaries(count: int) -> list[Canary]:
    """Found `count` organizations and fill every table of each."""
    return [seed_canary() for _ in range(count)]


def seed_canary() -> Canary:
    token = uuid.uuid4().hex[:10]
    host = f"canary-{token}.localhost"
    organization = services.found_organization(
        name=f"canary{token}name",
        slug=f"canary-{token}",
        hosts=[host],
        brand_color="#0B6B63",
        logo=ContentFile(PIXEL, name=f"canary{token}logo.png"),
        contact_email=f"canary{token}contact@example.org",
        contact_phone=f"canary{token}"[:20],
        contact_address=f"canary{token}address",
        settings={"note": f"canary{token}settings"},
    )
    canary = Canary(organization, host, token)
    with organization_context(organization):
        for build in BUILDERS:
            for row in build(canary):
                canary.rows.setdefault(row._meta.label, row)
        canary.rows.setdefault(Domain._meta.label, Domain.objects.get())
        canary.rows.setdefault(CourseSeats._meta.label, CourseSeats.objects.first())
        check_complete(canary)
    return canary


def check_complete(canary: Canary) -> None:
    """Raise LookupError where a tenant model has no row, or a text column of a row no mark."""
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        row = canary.rows.get(model._meta.label)
        if row is None:
            raise LookupError(f"{model._meta.label} has no builder in config/seeding/canary.py.")
        for column in marked_fields(model):
            if canary.token not in str(getattr(row, column.attname)):
                raise LookupError(f"{model._meta.label}.{column.name} holds no mark.")


def marked_fields(model) -> list[models.Field]:
    """Columns whose text is free, so that they can hold a mark."""
    fixed = {
        "users.User.password",
        "users.User.language",
        "users.User.time_zone",
        "users.Profile.visibility",
        "users.ApiToken.prefix",
        "notifications.Notification.kind",
        "notifications.Preference.kind",
        "bulk.BulkUpload.kind",
        "certificates.Certificate.code_hash",
        "certificates.Certificate.code_sealed",
        "certificates.Certificate.color",
        "certificates.Certificate.language",
        "certificates.CertificateDesign.color",
        "billing.Invoice.currency",
        "billing.Invoice.language",
        "billing.Payment.currency",
        "billing.Plan.currency",
        "courses.Course.currency",
        "courses.Course.language",
        "courses.Course.search_vector",
        "content.MediaAsset.mime_type",
        "content.MediaAsset.sha256",
        "content.MediaAsset.variants",
        "tenancy.Domain.host",
    }
    text = (models.CharField, models.TextField, models.JSONField, models.FileField)
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, text)
        and not column.choices
        and f"{model._meta.label}.{column.name}" not in fixed
    ]


def fill(canary: Canary, model, **given):
    """An unsaved row with a mark in every free text column that is not given."""
    for column in marked_fields(model):
        given.setdefault(column.name, text_for(canary, column))
    return model(**given)


def text_for(canary: Canary, column: models.Field):
    mark = canary.mark(f"{column.model._meta.model_name}{column.name}")
    if isinstance(column, models.FileField):
        return ContentFile(PIXEL, name=f"{mark}.png")
    if isinstance(column, models.JSONField):
        return {"mark": mark}
    if isinstance(column, models.EmailField):
        return f"{mark}@example.org"
    if isinstance(column, models.URLField):
        return f"https://example.org/{mark}"
    return mark[: column.max_length] if column.max_length else mark


def saved(row):
    row.save()
    for column in row._meta.concrete_fields:
        if isinstance(column, models.FileField) and getattr(row, column.name):
            getattr(row, column.name).close()
    return row


def build_people(canary):
    for role in User.Role.values:
        user = fill(
            canary,
            User,
            role=role,
            username=canary.mark(role)[:150],
            email=f"{canary.mark(role)}@example.org",
        )
        user.external_id = canary.mark(f"external{role}")
        user.email_verified_at = timezone.now()
        user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        canary.accounts[role] = {
            "id": str(user.pk),
            "username": user.username,
            "email": user.email,
            "password": PASSWORD,
        }
        profile = Profile.objects.filter(user=user).first() or Profile(user=user)
        for column in marked_fields(Profile):
            setattr(profile, column.name, text_for(canary, column))
        saved(profile)
        yield user
        yield profile
    yield saved(fill(canary, MissedEvent))
    yield saved(fill(canary, Mail, user=student(canary)))
    yield saved(
        IdempotencyKey(
            key=uuid.uuid4(), scope=canary.mark("scope"), location=canary.mark("location")
        )
    )


def build_doors(canary):
    user, now = student(canary), timezone.now()
    yield saved(fill(canary, Role, permissions=[Permission.ENROLLMENT_SEE]))
    yield saved(fill(canary, StudentProfile, user=user))
    yield saved(fill(canary, InstructorProfile, user=person(canary, "instructor")))
    yield saved(
        fill(canary, ApiToken, user=user, prefix="canary01", scopes=[TokenScope.READ_PROFILE])
    )
    yield saved(fill(canary, FailedSignIn, door=FailedSignIn.Door.SIGN_IN))
    yield saved(fill(canary, Lockout, user=user, until=now, released_at=now))


def build_notifications(canary):
    own = {"user": student(canary), "kind": "enrollment.placed", "cadence": Cadence.DAILY}
    facts = {"title": canary.mark("facts"), "slug": "none"}
    yield saved(fill(canary, Notification, facts=facts, happened_at=timezone.now(), **own))
    yield saved(Preference(**own))
    yield saved(fill(canary, CalendarFeed, user=student(canary)))


def person(canary, role):
    return User.objects.get(pk=canary.accounts[role]["id"])


def student(canary):
    return person(canary, "student")


def build_wishes(canary):
    user, now = student(canary), timezone.now()
    names = ("organization", "person", "request", "asked_at", "decided_at", "decided_by", "done_at")
    names += ("records_until",)
    proof = dict.fromkeys(names, canary.mark("proof"))
    proof |= dict.fromkeys(("file_count", "session_count", "remaining_count"), 0)
    proof |= {"tables": [], "logs": {"audit": 0, "addresses": 0, "security": 0}}
    yield saved(
        fill(
            canary,
            DataExport,
            person=user,
            requested_by=user,
            status=DataExport.Status.READY,
            finished_at=now,
            expires_at=now + timedelta(days=7),
        )
    )
    yield saved(
        fill(
            canary,
            ErasureRequest,
            person=user,
            status=ErasureRequest.Status.DONE,
            proof=proof,
            decided_at=now,
            done_at=now,
        )
    )
    yield saved(fill(canary, RetentionPolicy))


def build_courses(canary):
    subject = saved(fill(canary, Subject))
    common = {
        "subject": subject,
        "owner": person(canary, "instructor"),
        "published_at": timezone.now(),
    }
    lists = {
        name: [canary.mark(f"course{name}")] for name in ("objectives", "requirements", "tags")
    }
    course = saved(fill(canary, Course, status=Course.Status.PUBLISHED, **common, **lists))
    draft = saved(
        fill(
            canary,
            Course,
            title=canary.mark("draft"),
            slug=canary.mark("draft"),
            source="",
            subject=subject,
            owner=common["owner"],
        )
    )
    yield subject
    yield course
    yield saved(CourseStaff(course=course, user=person(canary, "admin")))
    role = canary.rows[Role._meta.label]
    yield saved(RoleAssignment(course=course, user=person(canary, "admin"), role=role))
    yield saved(CoursePrerequisite(course=draft, required_course=course))
    yield saved(fill(canary, FormerSlug, course=course))
    words = {name: canary.mark(f"version{name}") for name in ("title", "summary", "description")}
    snapshot = {"words": words, "outline": []}
    yield saved(fill(canary, CourseVersion, course=course, number=1, snapshot=snapshot))
    changes = {"summary": canary.mark("changes")}
    yield saved(fill(canary, CourseDraft, course=course, changes=changes, edited_at=timezone.now()))
    yield saved(fill(canary, CourseReview, course=course, author=student(canary), rating=4))
    yield CourseRating.objects.get(course=course)


def build_content(canary):
    course = canary.rows[Course._meta.label]
    module = saved(fill(canary, Module, course=course, position=1))
    lesson = saved(fill(canary, Lesson, course=course, module=module, position=1))
    media = saved(
        fill(
            canary,
            MediaAsset,
            access="public",
            kind="image",
            mime_type="image/png",
            size=len(PIXEL),
            sha256="0" * 64,
            course=course,
        )
    )
    video = saved(fill(canary, VideoAsset, provider="youtube", status="ready", poster=media))
    item = saved(fill(canary, ContentItem, kind="text", owner=course.owner))
    version = saved(fill(canary, ContentVersion, item=item, number=1, media=media, video=video))
    item.current_version = version
    item.save()
    yield from (module, lesson, media, video, item, version)
    yield saved(fill(canary, MediaUse, version=version, media=media))
    yield saved(LessonItem(lesson=lesson, item=item, position=1))
    yield saved(fill(canary, ItemDraft, item=item, edited_at=timezone.now()))
    changes = {"summary": canary.mark("changes")}
    yield saved(fill(canary, LessonDraft, lesson=lesson, changes=changes, edited_at=timezone.now()))
    snapshot = {"title": canary.mark("snapshot"), "items": []}
    yield saved(fill(canary, LessonVersion, lesson=lesson, number=1, snapshot=snapshot))


def build_paths(canary):
    course = canary.rows[Course._meta.label]
    now = timezone.now()
    shown = {"author": course.owner, "status": "published", "published_at": now}
    path = saved(fill(canary, LearningPath, **shown))
    yield path
    first = {"title": canary.mark("first"), "slug": canary.mark("first")}
    first = saved(fill(canary, LearningPath, author=course.owner, **first))
    yield saved(PathStep(path=path, course=course, position=1))
    yield saved(PathPrerequisite(path=path, required_path=first))
    yield saved(
        fill(
            canary,
            CourseTransfer,
            direction="export",
            status="done",
            course=course,
            started_by=course.owner,
            finished_at=now,
        )
    )
    yield saved(fill(canary, CourseText, course=course, written_at=now))


def build_learning(canary):
    course, lesson = canary.rows[Course._meta.label], canary.rows[Lesson._meta.label]
    now = timezone.now()
    enrollment = saved(
        fill(canary, Enrollment, course=course, student=student(canary), enrolled_at=now)
    )
    yield enrollment
    own = {"enrollment": enrollment, "student": enrollment.student}
    yield saved(fill(canary, EnrollmentChange, to_status="active", at=now, **own))
    yield saved(LessonProgress(lesson=lesson, started_at=now, view_count=1, **own))
    yield saved(ModuleProgress(module=lesson.module, lesson_count=1, **own))
    yield saved(
        PreviewWork(student=student(canary), lesson=lesson, started_at=now, last_viewed_at=now)
    )
    path = canary.rows[LearningPath._meta.label]
    yield saved(PathEnrollment(path=path, student=student(canary), joined_at=now))
    own = {"course": course, "student": student(canary)}
    times = {"joined_at": now, "joined_position": 1, "offered_at": now}
    entry = saved(WaitlistEntry(state="placed", **times, **own))
    yield entry
    yield saved(
        fill(
            canary,
            WaitlistChange,
            entry=entry,
            to_state="waiting",
            to_priority=1,
            at=now,
            **own,
        )
    )


def build_sections(canary):
    course, enrollment = (canary.rows[model._meta.label] for model in (Course, Enrollment))
    section = saved(fill(canary, Section, course=course))
    yield section
    yield saved(SectionStaff(section=section, user=canary.rows[Course._meta.label].owner))
    own = {"enrollment": enrollment, "student": enrollment.student}
    yield saved(SectionMember(section=section, **own))


def build_certificates(canary):
    """One that does not hold any more, as the enrollment that it certified is not complete."""
    enrollment, now = canary.rows[Enrollment._meta.label], timezone.now()
    code = codes.make_code()
    yield saved(fill(canary, CertificateDesign, course=enrollment.course))
    yield saved(fill(canary, SigningKey))
    yield saved(
        fill(
            canary,
            Certificate,
            enrollment=enrollment,
            student=enrollment.student,
            course=enrollment.course,
            color="#0B6B63",
            language="en",
            completed_at=now,
            completed_on=now.date(),
            issued_at=now,
            code_hash=codes.hash_of(code),
            code_sealed=codes.seal(code),
            shows_name=True,
            revoked_at=now,
            revocation=Certificate.Revocation.BY_STAFF,
        )
    )


def build_billing(canary):
    course, buyer, now = canary.rows[Course._meta.label], student(canary), timezone.now()
    yield saved(fill(canary, BillingProfile))
    plan = saved(fill(canary, Plan, price=12, features=[canary.mark("feature")]))
    yield plan
    yield saved(fill(canary, PlanScope, plan=plan))
    yield saved(Subscription(plan=plan, user=buyer, starts_on=now.date()))
    order = saved(Order(buyer=buyer, course=course, ordered_at=now))
    yield order
    amounts = {"currency": "EUR", "tax_rate": 0, "net": 12, "tax": 0, "gross": 12}
    days = {"year": now.year, "issued_on": now.date(), "due_on": now.date()}
    lines = [{"text": canary.mark("line"), "amount": "12.00"}]
    of_order = {"order": order, "buyer": buyer, "language": "en", "lines": lines}
    invoice = saved(fill(canary, Invoice, **of_order, **days, **amounts))
    yield invoice
    paid = {"amount": 5, "currency": "EUR", "received_on": now.date(), "recorded_at": now}
    yield saved(fill(canary, Payment, invoice=invoice, buyer=buyer, method="cash", **paid))


def build_ways(canary):
    course, now = canary.rows[Course._meta.label], timezone.now()
    own = {"course": course, "sent_at": now, "expires_at": now + timedelta(days=14)}
    taken_up = {"accepted_at": now, "accepted_by": student(canary)}
    taken_up["secret_hash"] = canary.mark("takenup")
    yield saved(fill(canary, Invitation, **own))
    yield saved(fill(canary, Invitation, **own, **taken_up))
    yield saved(fill(canary, JoinCode, course=course))
    yield saved(PreApproval(course=course, value=f"{canary.mark('listed')}@example.org"))


@contextmanager
def as_one_request():
    """Let the audit log keep together what a block changes, as it does for a request of the web."""
    statement = "SELECT set_config('app.request_id', %s, true)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [str(uuid.uuid4())])
        yield
        cursor.execute(statement, [""])


def build_bulk(canary):
    columns = [[canary.mark("column"), "title"]]
    upload = fill(
        canary, BulkUpload, kind="courses.course", status="ready", row_count=1, columns=columns
    )
    upload.started_by = person(canary, "admin")
    yield saved(upload)
    said = {
        "cells": {"title": canary.mark("cell")},
        "changes": [[canary.mark("label"), canary.mark("before"), canary.mark("after")]],
        "problems": [[canary.mark("label"), canary.mark("problem")]],
    }
    yield saved(fill(canary, BulkRow, upload=upload, number=2, outcome="new", result="", **said))


def build_activity(canary):
    """Something that can be undone, something in the trash, and the note of an undo."""
    now = timezone.now()
    course, lesson = canary.rows[Course._meta.label], canary.rows[Lesson._meta.label]
    trashed = {"slug": canary.mark("trashed"), "source": canary.mark("trashed")}
    yield saved(
        fill(
            canary,
            Lesson,
            course=course,
            module=lesson.module,
            position=2,
            deleted_at=now,
            **trashed,
        )
    )
    with as_one_request():
        course.summary = canary.mark("summary")
        course.save(update_fields=["summary"])
    yield saved(
        Undo(
            request_id=uuid.uuid4(),
            undo_request_id=uuid.uuid4(),
            by=person(canary, "instructor"),
            undone_at=now,
        )
    )


#: In the order in which their rows need each other.
BUILDERS = [
    build_people,
    build_doors,
    build_wishes,
    build_notifications,
    build_courses,
    build_content,
    build_paths,
    build_learning,
    build_ways,
    build_sections,
    build_billing,
    build_certificates,
    build_bulk,
    build_activity,
]
