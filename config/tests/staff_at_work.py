"""A staff that does something at random, for tests of undoing: each act is a request of its own."""

import random

from django.db import IntegrityError, transaction
from django.utils import timezone

from activity.tests.requests import request_by
from content.models import ContentItem, Lesson, LessonItem, Module
from content.services import items, outline
from content.services.items import ContentRefused
from content.services.outline import OutlineRefused
from courses import services as courses
from courses.errors import CourseRefused
from courses.models import Course, CourseStaff, RoleAssignment, Subject
from courses.services.roles import give_role, take_role
from courses.tests.factories import CourseFactory, SubjectFactory
from enrollments import services as enrollments
from enrollments.models import Enrollment
from tenancy.models import AuditEntry
from users.models import Permission, Profile, Role, User
from users.services import change_email
from users.tests.factories import ProfileFactory, UserFactory

WORDS = ["tide", "knot", "sail", "reef", "buoy", "Ahoi <b>", "*lee*", "õöü", "0", "mast"]

REFUSALS = (
    CourseRefused,
    ContentRefused,
    OutlineRefused,
    enrollments.EnrollmentRefused,
    enrollments.UnlawfulChange,
    IntegrityError,
)


class NothingToDo(Exception):
    """There is no row to which this could be done."""


class StaffAtWork:
    """Acts drawn by `random.Random(seed)`; the same seed does the same."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)  # noqa: S311 -- for tests
        self.now = timezone.now()
        self.admin = UserFactory(admin=True)
        self.teachers = UserFactory.create_batch(3, instructor=True)
        self.students = UserFactory.create_batch(4)
        for person in self.students:
            ProfileFactory(user=person)
        SubjectFactory.create_batch(2)
        for teacher in self.teachers[:2]:
            course = CourseFactory(owner=teacher, published=True, max_capacity=3)
            for number in (1, 2):
                module = outline.add_module(course, title=f"Part {number}", by=None, now=self.now)
                outline.add_lesson(module, title="Begin", by=None, now=self.now)
                outline.add_lesson(module, title="Go on", by=None, now=self.now)

    def work(self, count: int) -> list:
        """Do `count` things that change something; gives the ids of their requests."""
        done = []
        while len(done) < count:
            act = self.random.choice(ACTS)
            try:
                with transaction.atomic(), request_by(self.admin) as request_id:
                    act(self)
            except (NothingToDo, *REFUSALS):
                continue
            if AuditEntry.objects.filter(request_id=request_id).exists():
                done.append(request_id)
        return done

    @property
    def who(self):
        return {"by": self.admin, "now": self.now}

    def word(self):
        return " ".join(self.random.choices(WORDS, k=3))

    def one_of(self, rows):
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        if not keys:
            raise NothingToDo
        return rows.model._default_manager.get(pk=self.random.choice(keys))

    # Courses

    def make_course(self):
        courses.create_course(
            title=self.word(),
            subject=self.one_of(Subject.objects.all()),
            owner=self.random.choice(self.teachers),
            **self.who,
        )

    def change_course(self):
        course = self.one_of(Course.objects.live())
        changes = {
            "title": self.word(),
            "slug": f"course-{self.random.randint(1, 99)}",
            "description": self.word(),
            "tags": [self.word()],
            "price": self.random.choice([None, "9.50", "10.00"]),
            "max_capacity": self.random.choice([None, 3, 5]),
        }
        chosen = self.random.sample(sorted(changes), 2)
        courses.update_course(course.pk, **{name: changes[name] for name in chosen}, **self.who)

    def trash_course(self):
        courses.trash_course(self.one_of(Course.objects.live()).pk, **self.who)

    def restore_course(self):
        trash = Course.objects.filter(deleted_at__isnull=False)
        courses.restore_course(self.one_of(trash).pk, **self.who)

    def unpublish_or_archive(self):
        service = self.random.choice([courses.unpublish_course, courses.archive_course])
        service(self.one_of(Course.objects.live().filter(status="draft")).pk, **self.who)

    def require_course(self):
        required = self.one_of(Course.objects.live()).pk
        course = self.one_of(Course.objects.live())
        courses.set_prerequisites(course.pk, required_ids=[required], **self.who)

    def add_teacher(self):
        course, user = self.one_of(Course.objects.live()), self.random.choice(self.teachers)
        courses.add_staff(course.pk, user=user, **self.who)

    def remove_teacher(self):
        staff = self.one_of(CourseStaff.objects.filter(course__deleted_at=None))
        courses.remove_staff(staff.course_id, user=staff.user, **self.who)

    def give_course_away(self):
        course, user = self.one_of(Course.objects.live()), self.random.choice(self.teachers)
        courses.transfer_ownership(course.pk, to=user, **self.who)

    def change_subject(self):
        subject = self.one_of(Subject.objects.all())
        subject.title = self.word()
        subject.save()

    # Outlines and contents

    def add_module(self):
        position = self.random.choice([None, 1, 2])
        course = self.one_of(Course.objects.live())
        outline.add_module(course, title=self.word(), position=position, **self.who)

    def change_module(self):
        outline.update_module(self.one_of(Module.objects.all()), title=self.word(), **self.who)

    def move_module(self):
        module = self.one_of(Module.objects.live())
        outline.move_module(module, position=self.random.randint(1, 4), **self.who)

    def add_lesson(self):
        position = self.random.choice([None, 1, 2])
        module = self.one_of(Module.objects.live())
        outline.add_lesson(module, title=self.word(), position=position, **self.who)

    def change_lesson(self):
        lesson = self.one_of(Lesson.objects.all())
        outline.update_lesson(lesson, title=self.word(), is_preview=True, **self.who)

    def move_lesson(self):
        lesson = self.one_of(Lesson.objects.live())
        module = self.one_of(Module.objects.live().filter(course=lesson.course_id))
        position = self.random.choice([None, 1, 2, 3])
        outline.move_lesson(lesson, position=position, to_module=module, **self.who)

    def trash_part(self):
        model = self.random.choice([Module, Lesson])
        outline.trash_part(self.one_of(model.objects.live()), **self.who)

    def restore_part(self):
        model = self.random.choice([Module, Lesson])
        trash = model.objects.filter(deleted_at__isnull=False)
        outline.restore_part(self.one_of(trash), **self.who)

    def add_item(self):
        item = items.add_item(kind="text", title=self.word(), **self.who)
        items.save_version(item, body=self.word(), **self.who)
        items.put_in_lesson(self.one_of(Lesson.objects.live()), item, **self.who)

    def change_item(self):
        item = self.one_of(ContentItem.objects.all())
        items.update_item(item, title=self.word(), **self.who)
        items.save_version(item, body=self.word(), **self.who)

    def put_item(self):
        item = self.one_of(ContentItem.objects.filter(deleted_at=None))
        position = self.random.choice([None, 1, 2])
        lesson = self.one_of(Lesson.objects.live())
        items.put_in_lesson(lesson, item, position=position, **self.who)

    def take_item(self):
        items.take_from_lesson(self.one_of(LessonItem.objects.all()), **self.who)

    def pin_item(self):
        entry = self.one_of(LessonItem.objects.all())
        items.pin_version(entry, entry.item.current_version, **self.who)

    def sort_items(self):
        lesson = self.one_of(LessonItem.objects.all()).lesson
        ids = list(lesson.items.order_by("pk").values_list("pk", flat=True))
        self.random.shuffle(ids)
        items.order_items(lesson, ids, **self.who)

    def trash_item(self):
        items.trash_item(self.one_of(ContentItem.objects.filter(deleted_at=None)), **self.who)

    def restore_item(self):
        trash = ContentItem.objects.filter(deleted_at__isnull=False)
        items.restore_item(self.one_of(trash), **self.who)

    # Places and people

    def place(self):
        course = self.one_of(Course.objects.live().filter(status="published"))
        enrollments.place(course.pk, self.random.choice(self.students), **self.who)

    def change_place(self):
        """Any step that has one back: what was suspended is not withdrawn at once."""
        steps = {
            "active": [enrollments.withdraw, enrollments.suspend, enrollments.complete],
            "suspended": [enrollments.lift],
            "completed": [enrollments.reopen],
            "withdrawn": [enrollments.bring_back],
        }
        enrollment = self.one_of(Enrollment.objects.all())
        self.random.choice(steps[enrollment.status])(enrollment.pk, **self.who)

    def change_account(self):
        person = self.random.choice(self.students)
        person.refresh_from_db()
        person.first_name, person.time_zone = self.word()[:20], "Europe/Berlin"
        person.is_active = self.random.random() < 0.5
        person.save(update_fields=["first_name", "time_zone", "is_active"])

    def change_role(self):
        person = self.random.choice(self.students)
        person.refresh_from_db()
        person.role = self.random.choice([User.Role.STUDENT, User.Role.GUEST])
        person.save(update_fields=["role"])

    def change_address(self):
        person = self.random.choice(self.students)
        address = f"{person.username}{self.random.randint(1, 9)}@example.org"
        change_email(person, email=address, now=self.now)

    def change_profile(self):
        profile = self.one_of(Profile.objects.all())
        profile.bio, profile.visibility = self.word(), {"bio": "staff"}
        profile.save()

    def make_role(self):
        chosen = self.random.sample(Permission.values, 2)
        Role.objects.create(name=f"Role {self.random.randint(1, 99)}", permissions=chosen)

    def give_role(self):
        role, person = self.one_of(Role.objects.all()), self.random.choice(self.teachers)
        give_role(role, user=person, **self.who)

    def take_role(self):
        take_role(self.one_of(RoleAssignment.objects.all()).pk, **self.who)


ACTS = [
    act
    for name, act in vars(StaffAtWork).items()
    if callable(act) and not name.startswith("_") and name not in ("work", "word", "one_of")
]
