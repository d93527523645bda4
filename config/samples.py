"""Rows that stand for all others when an address needs arguments: for `dump_urls` and for the tests."""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from billing.models import Invoice, Payment, Plan, Subscription
from bulk.models import BulkUpload
from certificates import codes
from certificates.models import Certificate, SigningKey
from config.access import Access, Address
from content.models import CourseTransfer, LearningPath, Lesson, LessonItem, MediaAsset
from courses.models import Course, CourseReview, CourseStaff, CourseVersion
from courses.pictures import version_of
from enrollments import offer_links
from enrollments.models import Enrollment, Invitation, JoinCode, Section, WaitlistEntry
from notifications import unsubscribing
from notifications.models import Notification
from privacy.models import DataExport, ErasureRequest
from tenancy.models import AuditEntry
from users.models import User


@dataclass(frozen=True)
class Samples:
    """One row of each kind, all of one course where they belong to one; None where there is none."""

    course: Course | None = None
    lesson: Lesson | None = None
    media: MediaAsset | None = None
    item: LessonItem | None = None
    user: User | None = None
    enrollment: Enrollment | None = None
    section: Section | None = None
    invitation: Invitation | None = None
    join_code: JoinCode | None = None
    waiting: WaitlistEntry | None = None
    trashed_lesson: Lesson | None = None
    change: UUID | None = None  #: the request of a change that can be undone
    notification: Notification | None = None
    staff: CourseStaff | None = None
    version: CourseVersion | None = None
    review: CourseReview | None = None
    export: DataExport | None = None
    erasure: ErasureRequest | None = None
    path: LearningPath | None = None
    transfer: CourseTransfer | None = None
    plan: Plan | None = None
    subscription: Subscription | None = None
    invoice: Invoice | None = None
    payment: Payment | None = None
    certificate: Certificate | None = None
    signing_key: SigningKey | None = None
    upload: BulkUpload | None = None

    @property
    def picture_version(self) -> str | None:
        """Of the course's picture, as its address names it."""
        if self.course is None or not self.course.thumbnail:
            return None
        return version_of(self.course.thumbnail.name)

    @property
    def path_picture_version(self) -> str | None:
        """Of the learning path's picture."""
        if self.path is None or not self.path.thumbnail:
            return None
        return version_of(self.path.thumbnail.name)

    @property
    def certificate_code(self) -> str | None:
        """Of the certificate's public page."""
        return self.certificate and codes.unseal(self.certificate.code_sealed)

    @property
    def offer_token(self) -> str | None:
        """Of the links in a mail about an offered seat."""
        if self.waiting is None or self.waiting.offered_at is None:
            return None
        return offer_links.token_for(self.waiting.pk, self.waiting.offered_at.isoformat())

    @property
    def unsubscribe_token(self) -> str | None:
        """Of a link in a mail."""
        return self.user and unsubscribing.token_for(self.user, unsubscribing.DIGESTS)

    @classmethod
    def of_current_organization(cls, status: str = Course.Status.PUBLISHED) -> "Samples":
        """Of the oldest course in this status."""
        course = Course.objects.filter(status=status).order_by("created_at").first()
        of_course = {"course": course}
        return cls(
            course=course,
            lesson=Lesson.objects.live().filter(**of_course).order_by("created_at").first(),
            trashed_lesson=Lesson.objects.filter(**of_course, deleted_at__isnull=False).first(),
            change=AuditEntry.objects.filter(table_name="courses_course", request_id__isnull=False)
            .order_by("at")
            .values_list("request_id", flat=True)
            .first(),
            media=MediaAsset.objects.order_by("created_at").first(),
            item=LessonItem.objects.filter(lesson__course=course).order_by("created_at").first(),
            user=User.objects.filter(role=User.Role.STUDENT).order_by("created_at").first(),
            enrollment=Enrollment.objects.filter(**of_course).order_by("created_at").first(),
            waiting=WaitlistEntry.objects.filter(**of_course).order_by("created_at").first(),
            section=Section.objects.filter(**of_course).first(),
            invitation=Invitation.objects.waiting().filter(**of_course).first(),
            join_code=JoinCode.objects.filter(**of_course).order_by("created_at").first(),
            notification=Notification.objects.order_by("created_at").first(),
            staff=CourseStaff.objects.filter(**of_course).order_by("created_at").first(),
            version=CourseVersion.objects.filter(**of_course).order_by("number").first(),
            review=CourseReview.objects.filter(**of_course).order_by("created_at").first(),
            transfer=CourseTransfer.objects.filter(**of_course).order_by("created_at").first(),
            upload=BulkUpload.objects.order_by("created_at").first(),
            certificate=Certificate.objects.filter(**of_course).order_by("created_at").first(),
            signing_key=SigningKey.objects.order_by("created_at").first(),
            export=DataExport.objects.order_by("created_at").first(),
            erasure=ErasureRequest.objects.order_by("created_at").first(),
            plan=Plan.objects.order_by("created_at").first(),
            subscription=Subscription.objects.order_by("created_at").first(),
            invoice=Invoice.objects.order_by("created_at").first(),
            payment=Payment.objects.order_by("created_at").first(),
            path=LearningPath.objects.live().filter(status=status).order_by("created_at").first(),
        )

    def value(self, path: str):
        """The value of `course.slug` and the like; a text behind `=` stands for itself."""
        if path.startswith("="):
            return path[1:]
        name, _, attribute = path.partition(".")
        row = getattr(self, name)
        if not attribute:
            return row
        return None if row is None else getattr(row, attribute)


def sample_arguments(address: Address, access: Access, samples: Samples) -> dict[str, str] | None:
    """Arguments with which the address opens; None where no row for them exists."""
    if address.name.startswith("admin:"):
        return admin_arguments(address, samples)
    arguments = {name: samples.value(path) for name, path in access.arguments.items()}
    return (
        None
        if None in arguments.values()
        else {name: str(value) for name, value in arguments.items()}
    )


def admin_arguments(address: Address, samples: Samples) -> dict[str, str] | None:
    arguments = {}
    for name in address.parameters:
        if name == "object_id":
            row = admin_row(address, samples)
            if row is None:
                return None
            arguments[name] = str(row.pk)
        elif name == "ending":
            arguments[name] = "csv"
        elif name == "app_label":
            arguments[name] = "courses"
        elif name in ("content_type_id", "url"):
            arguments[name] = "0"
        else:
            return None
    return arguments


def admin_row(address: Address, samples: Samples):
    """A row of the model that an admin address is about: the sample, else the newest."""
    for model in apps.get_models():
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        if address.name.startswith(label) and admin.site.is_registered(model):
            known = [row for row in vars(samples).values() if type(row) is model]
            return known[0] if known else model._default_manager.order_by("-pk").first()
    return None


def sample_path(address: Address, access: Access, samples: Samples) -> str | None:
    """A path that opens the address; None where it has no name or no row."""
    arguments = sample_arguments(address, access, samples)
    if arguments is None:
        return None
    try:
        return reverse(address.name, kwargs=arguments)
    except NoReverseMatch:
        return None
