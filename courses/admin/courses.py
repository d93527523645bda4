"""Subjects and courses in the back office."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.trash_admin import DeletesIntoTrash
from courses import permissions, preflight, search, services
from courses.admin.roles import RoleOfCourseInline
from courses.cache import bump_catalogue_version
from courses.errors import CourseRefused
from courses.forms import CourseForm, PrerequisiteFormSet, SubjectForm, TagsForm
from courses.models import (
    Course,
    CoursePrerequisite,
    CourseSeats,
    CourseStaff,
    FormerSlug,
    RoleAssignment,
    Subject,
)
from courses.services.editing import EDITABLE
from lib.files import FileRefused
from tenancy.admin import (
    Column,
    ReadOnlyAdmin,
    ReadOnlyInline,
    Table,
    TenantAdmin,
    TenantTabularInline,
    service_action,
)
from users.models import Permission
from users.roles import RoleRefused


@admin.register(Subject)
class SubjectAdmin(TenantAdmin):
    """Fields of study: kept by admins, chosen by instructors."""

    list_display = ["title", "slug", "position"]
    search_fields = ["title__istartswith", "slug__startswith"]
    prepopulated_fields = {"slug": ["title"]}
    fields = ["title", "slug", "description", "position"]
    table = Table(
        keys=(("slug",),),
        columns=(Column("slug"), Column("title"), Column("description"), Column("position")),
    )

    def scope_for_instructor(self, user, queryset):
        return queryset

    def can_add(self, user):
        return permissions.can_edit_subjects(user)

    def can_change(self, user, obj=None):
        return permissions.can_edit_subjects(user)

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if self.has_change_permission(request, obj) else {}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        bump_catalogue_version()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        bump_catalogue_version()


class StaffInline(TenantTabularInline):
    model = CourseStaff
    fields = ["user", "role"]
    autocomplete_fields = ["user"]
    show_change_link = False
    verbose_name_plural = gettext_lazy("Who teaches beside the owner")

    def can_add(self, user):
        return True

    def can_change(self, user, obj=None):
        return obj is None or permissions.can_manage_staff(user, obj)

    def has_add_permission(self, request, obj=None):
        may = obj is None or permissions.can_manage_staff(request.user, obj)
        return may and super().has_add_permission(request, obj)


class PrerequisiteInline(TenantTabularInline):
    model = CoursePrerequisite
    fk_name = "course"
    formset = PrerequisiteFormSet
    fields = ["required_course"]
    autocomplete_fields = ["required_course"]
    show_change_link = False
    verbose_name_plural = gettext_lazy("Courses to complete before")


class FormerSlugInline(ReadOnlyInline):
    model = FormerSlug
    fields = readonly_fields = ["slug", "created_at"]
    show_change_link = False


class TrashFilter(admin.SimpleListFilter):
    """Hides the trash unless it is asked for."""

    title = gettext_lazy("trash")
    parameter_name = "trash"

    def lookups(self, request, model_admin):
        return [("only", _("In the trash"))]

    def queryset(self, request, queryset):
        if self.value() == "only":
            return queryset.filter(deleted_at__isnull=False)
        return queryset.live()


@admin.register(Course)
class CourseAdmin(DeletesIntoTrash, TenantAdmin):
    """Courses: admins see all, instructors those they teach. State changes by actions."""

    trash_kind = "course"
    form = CourseForm
    refusals = (CourseRefused, FileRefused, RoleRefused)
    list_display = ["title", "subject", "owner", "status", "students", "published_at"]
    list_select_related = ["subject", "owner", "seats"]
    list_filter = [
        TrashFilter,
        "status",
        "visibility",
        "enrollment_type",
        "difficulty_level",
        "subject",
        "certificate_enabled",
    ]
    search_fields = ["title"]
    search_help_text = gettext_lazy(
        "Words of title, tags, summary or text; typing errors are fine."
    )
    autocomplete_fields = ["subject", "owner"]
    ordering = ["-created_at", "-id"]
    inlines = [StaffInline, RoleOfCourseInline, PrerequisiteInline, FormerSlugInline]
    actions = ["publish", "unpublish", "archive", "change_subject", "tag", "untag"]
    actions += ["trash", "restore", "purge"]
    readonly_fields = ["status", "still_missing", "published_at", "deleted_at", "created_at"]
    readonly_fields += ["updated_at"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "subject", "owner", "status", "still_missing"]}),
        (
            gettext_lazy("What it says"),
            {
                "fields": [
                    "summary",
                    "description",
                    "objectives",
                    "requirements",
                    "tags",
                    "language",
                    "difficulty_level",
                    "duration_minutes",
                    "thumbnail",
                ]
            },
        ),
        (
            gettext_lazy("Who sees it, who joins"),
            {
                "fields": [
                    "visibility",
                    "enrollment_type",
                    "enrollment_closes_at",
                    "max_capacity",
                    "waitlist_enabled",
                    "offer_hours",
                ]
            },
        ),
        (gettext_lazy("Access"), {"fields": ["access_ends_at", "access_days"]}),
        (gettext_lazy("Learning"), {"fields": ["is_sequential", "certificate_enabled"]}),
        (gettext_lazy("Price"), {"fields": ["price", "currency"], "classes": ["collapse"]}),
        (
            gettext_lazy("Times"),
            {
                "fields": ["published_at", "deleted_at", "created_at", "updated_at"],
                "classes": ["collapse"],
            },
        ),
    ]

    table = Table(
        keys=(("slug",),),
        columns=(
            Column("slug"),
            Column("title"),
            Column("subject", by="slug"),
            Column("owner", by="username"),
            Column("status", is_fact=True),
            Column("summary"),
            Column("tags"),
            Column("language"),
            Column("difficulty_level"),
            Column("duration_minutes"),
            Column("visibility"),
            Column("enrollment_type"),
            Column("enrollment_closes_at"),
            Column("max_capacity"),
            Column("waitlist_enabled"),
            Column("offer_hours"),
            Column("access_ends_at"),
            Column("access_days"),
            Column("is_sequential"),
            Column("certificate_enabled"),
            Column("price"),
            Column("currency"),
            Column("seats__student_count", is_fact=True),
            Column("published_at", is_fact=True),
        ),
    )

    # Who

    def scope_for_instructor(self, user, queryset):
        return queryset.permitted_to(user, Permission.COURSE_EDIT, Permission.COURSE_PUBLISH)

    def pickable_by(self, user, queryset, source_field):
        """Any course one sees may be required; other fields offer those one may change."""
        if source_field.name == "required_course":
            return Course.objects.visible_to(user)
        return queryset.editable_by(user)

    def can_add(self, user):
        return permissions.can_create_course(user)

    def can_change(self, user, obj=None):
        return obj is None or permissions.can_edit_course(user, obj)

    def get_readonly_fields(self, request, obj=None):
        fields = list(super().get_readonly_fields(request, obj))
        if not (
            request.user.is_admin or (obj and permissions.can_give_course_away(request.user, obj))
        ):
            fields.append("owner")
        return fields

    def get_inlines(self, request, obj):
        """A new course has no roles and no former addresses yet."""
        later = (RoleOfCourseInline, FormerSlugInline)
        return [each for each in self.inlines if obj or each not in later]

    def get_changeform_initial_data(self, request):
        return {"owner": request.user.pk} | super().get_changeform_initial_data(request)

    # Lists

    def get_search_results(self, request, queryset, search_term):
        """The catalogue's search, here over drafts and the rest too."""
        text = search.clean_search(search_term)
        if not text:
            return queryset, False
        found = queryset.filter(search_vector=search.query_of(text))
        if not found.exists():
            search.tolerate_misspelling()
            found = queryset.filter(title__trigram_word_similar=text)
        return found, False

    @admin.display(description=gettext_lazy("students"), ordering="seats__student_count")
    def students(self, course):
        taken, capacity = course.seats.student_count, course.seats.capacity
        return f"{taken} / {capacity}" if capacity else taken

    @admin.display(description=gettext_lazy("before publishing"))
    def still_missing(self, course):
        if course._state.adding:
            return _("Save the course first; then this says what is missing.")
        marks = {True: "✗", False: "!"}
        stored = Course.objects.get(pk=course.pk)  # a refused form leaves its values in `course`
        lines = [(marks[item.is_error], item.text) for item in preflight.findings_of(stored)]
        return format_html_join("\n", "<div>{} {}</div>", lines) or _("Nothing is missing.")

    # Saving

    def save_model(self, request, obj, form, change):
        given = {name: value for name, value in form.cleaned_data.items() if name in EDITABLE}
        picture = None
        if "thumbnail" in form.changed_data:
            picture = form.cleaned_data["thumbnail"]
        who = {"by": request.user, "now": request.now}
        if not change:
            owner = form.cleaned_data.get("owner") or request.user
            saved = services.create_course(owner=owner, thumbnail=picture, **given, **who)
        else:
            given = {name: given[name] for name in form.changed_data if name in given}
            saved = services.update_course(obj.pk, thumbnail=picture, **given, **who)
            owner = form.cleaned_data.get("owner")
            if "owner" in form.changed_data and owner is not None:
                saved = services.transfer_ownership(obj.pk, to=owner, **who)
        obj.__dict__.update(saved.__dict__)

    def save_formset(self, request, form, formset, change):
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []
        if not formset.has_changed():
            return
        course, who = form.instance, {"by": request.user, "now": request.now}
        if formset.model is CoursePrerequisite:
            services.set_prerequisites(course.pk, required_ids=formset.required_ids(), **who)
        elif formset.model is CourseStaff:
            self._save_staff(course, formset, who)
        elif formset.model is RoleAssignment:
            formset.save()

    def _save_staff(self, course, formset, who):
        if not permissions.can_manage_staff(who["by"], course):
            raise PermissionDenied
        kept = [row for row in formset.forms if row not in formset.deleted_forms]
        wanted = {row.cleaned_data["user"] for row in kept if row.cleaned_data.get("user")}
        present = {staff.user for staff in course.staff.select_related("user")}
        for user in present - wanted:
            services.remove_staff(course.pk, user=user, **who)
        for user in wanted - present:
            services.add_staff(course.pk, user=user, **who)

    # Actions

    @service_action(gettext_lazy("Publish"), permission="view")
    def publish(self, request, course):
        require(permissions.can_publish_course(request.user, course))
        services.publish_course(course.pk, by=request.user, now=request.now)

    @service_action(gettext_lazy("Make a draft again"), permission="view")
    def unpublish(self, request, course):
        require(permissions.can_publish_course(request.user, course))
        services.unpublish_course(course.pk, by=request.user, now=request.now)

    @service_action(gettext_lazy("Archive"), permission="view")
    def archive(self, request, course):
        require(permissions.can_publish_course(request.user, course))
        services.archive_course(course.pk, by=request.user, now=request.now)

    @service_action(
        gettext_lazy("Change the subject …"), asks=lambda data, request: SubjectForm(data)
    )
    def change_subject(self, request, course, *, subject):
        services.update_course(course.pk, subject=subject, by=request.user, now=request.now)

    @service_action(gettext_lazy("Add tags …"), asks=lambda data, request: TagsForm(data))
    def tag(self, request, course, *, tags):
        services.tag_course(course.pk, add=tags, by=request.user, now=request.now)

    @service_action(gettext_lazy("Take tags away …"), asks=lambda data, request: TagsForm(data))
    def untag(self, request, course, *, tags):
        services.tag_course(course.pk, remove=tags, by=request.user, now=request.now)

    @service_action(
        gettext_lazy("Put into the trash …"),
        warning=gettext_lazy(
            "Students do not see these courses any more. They can be taken out again."
        ),
    )
    def trash(self, request, course):
        require(permissions.can_trash_course(request.user, course))
        services.trash_course(course.pk, by=request.user, now=request.now)

    @service_action(gettext_lazy("Take out of the trash"))
    def restore(self, request, course):
        require(permissions.can_trash_course(request.user, course))
        services.restore_course(course.pk, by=request.user, now=request.now)

    @service_action(
        gettext_lazy("Delete for good (from the trash) …"),
        warning=gettext_lazy("What is deleted for good never comes back."),
    )
    def purge(self, request, course):
        require(permissions.can_purge_course(request.user, course))
        services.purge_course(course.pk, by=request.user, now=request.now)


def require(is_allowed):
    """Refuse with the reason that the person is not the one to do it."""
    if not is_allowed:
        raise PermissionDenied(_("Only the owner or an admin may do that."))


class OfACourse(ReadOnlyAdmin):
    """Rows that belong to a course and are changed with it."""

    list_select_related = ["course"]
    list_display_links = None

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__in=Course.objects.permitted_to(user, Permission.COURSE_EDIT))


@admin.register(CourseSeats)
class CourseSeatsAdmin(OfACourse):
    """Counted by the database itself."""

    list_display = ["course", "capacity", "taken", "student_count", "completed_count"]
    ordering = ["-course_id"]


@admin.register(CourseStaff)
class CourseStaffAdmin(OfACourse):
    list_display = ["course", "user", "role", "created_at"]
    list_select_related = ["course", "user"]
    ordering = ["-created_at", "-id"]


@admin.register(CoursePrerequisite)
class CoursePrerequisiteAdmin(OfACourse):
    list_display = ["course", "required_course", "created_at"]
    list_select_related = ["course", "required_course"]
    ordering = ["-created_at", "-id"]


@admin.register(FormerSlug)
class FormerSlugAdmin(OfACourse):
    """Old addresses. An admin may let one go, so that another course can take it."""

    list_display = ["slug", "course", "created_at"]
    search_fields = ["slug__startswith"]
    ordering = ["-created_at", "-id"]

    def can_delete(self, user, obj=None):
        return user.is_admin
