"""A small admin over real models, to test the base of all ModelAdmins apart from any app's own choices."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from config.admin_site import CairnAdminSite
from courses.models import Course, CourseStaff, Subject
from enrollments.models import Enrollment
from tenancy.admin import (
    DomainAdmin,
    ReadOnlyAdmin,
    TenantAdmin,
    TenantTabularInline,
    service_action,
)
from tenancy.models import Domain
from users.admin import UserAdmin
from users.models import User


class Refused(Exception):
    """A service that says no."""


class StaffInline(TenantTabularInline):
    model = CourseStaff
    autocomplete_fields = ["user"]


class CourseAdmin(TenantAdmin):
    list_display = ["title", "owner"]
    list_filter = ["subject", "owner", "status"]
    list_select_related = ["owner"]
    search_fields = ["title"]
    autocomplete_fields = ["owner"]
    fields = ["title", "slug", "subject", "owner", "max_capacity"]
    inlines = [StaffInline]
    actions = ["rename"]
    refusals = (Refused,)

    def scope_for_instructor(self, user, queryset):
        return queryset.editable_by(user)

    def can_delete(self, user, obj=None):
        return obj is None or obj.title != "Kept"

    @service_action("Rename")
    def rename(self, request, course):
        if course.title == "Firm":
            raise Refused("It keeps its name.")
        Course.objects.filter(pk=course.pk).update(
            title=f"{course.title} renamed by {request.user}"
        )


class SubjectAdmin(TenantAdmin):
    search_fields = ["title"]

    def pickable_by(self, user, queryset, source_field):
        return queryset


class EnrollmentAdmin(ReadOnlyAdmin):
    list_filter = ["course"]

    def scope_for_instructor(self, user, queryset):
        return queryset.visible_to(user)


class StaffAdmin(TenantAdmin):
    raw_id_fields = ["course"]
    autocomplete_fields = ["user"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__owner=user)


site = CairnAdminSite(name="admin")
site.register(Course, CourseAdmin)
site.register(Subject, SubjectAdmin)
site.register(Enrollment, EnrollmentAdmin)
site.register(CourseStaff, StaffAdmin)
site.register(User, UserAdmin)
site.register(Domain, DomainAdmin)
site.register(admin.models.LogEntry, admin.ModelAdmin)  # a library's own: stays out

urlpatterns = [
    path("", include("activity.urls")),
    path("", include("bulk.urls")),
    path("admin/", site.urls),
    path("accounts/", include("allauth.account.urls")),
]


def plain(status):
    return lambda request, exception=None: HttpResponse(status=status)


handler400, handler403, handler404 = plain(400), plain(403), plain(404)
