"""Profiles in the admin: with the account, and as far as their owner lets staff see them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tenancy.admin import ReadOnlyAdmin, TenantModelForm, TenantStackedInline
from users import services
from users.models import InstructorProfile, Profile, StudentProfile, User
from users.profile_forms import INSTRUCTOR_FIELDS, PictureFields
from users.visibility import DEFAULTS, FIXED, Sight

ABOUT = ["bio", "job_title", "company", "location", "website", "phone", "birth_date"]
STUDENT = ["student_number", "program", "goals"]
INSTRUCTOR = ["bio", "expertise", "office_hours"]

_INSTRUCTOR_KEYS = {stored: key for key, stored in INSTRUCTOR_FIELDS.items()}


def seen_fields(viewer: User, person: User | None, model, fields: list[str]) -> list[str]:
    """Those of the model's fields that this viewer may see of this person."""
    if person is None:
        return fields
    profile = getattr(person, "profile", None) or Profile(user=person)
    sight = Sight(viewer, person, profile)
    keys = _INSTRUCTOR_KEYS if model is InstructorProfile else {}
    return [name for name in fields if _is_seen(sight, keys.get(name, name))]


def _is_seen(sight, key):
    return key not in DEFAULTS | FIXED or sight.sees(key)


class ProfileInlineForm(PictureFields, TenantModelForm):
    remove_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    def save(self, commit=True):
        changes = self.picture_changes()
        if changes["picture"] or changes["remove_picture"]:
            services.replace_picture(self.instance, changes["picture"])
        return super().save(commit)


class PartOfPersonInline(TenantStackedInline):
    """A profile with its account, without what its owner keeps from staff."""

    show_change_link = False
    max_num = 1

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")

    def get_fields(self, request, obj=None):
        return seen_fields(request.user, obj, self.model, self.fields)

    def can_delete(self, user, obj=None):
        return False


class ProfileInline(PartOfPersonInline):
    model = Profile
    form = ProfileInlineForm
    fields = ["display_name", "picture", "remove_picture", *ABOUT]


class StudentProfileInline(PartOfPersonInline):
    model = StudentProfile
    fields = STUDENT


class InstructorProfileInline(PartOfPersonInline):
    model = InstructorProfile
    fields = INSTRUCTOR


class PartOfPersonAdmin(ReadOnlyAdmin):
    """Edited with the account."""

    list_select_related = ["user"]
    search_fields = ["user__username__istartswith", "user__last_name__istartswith"]
    autocomplete_fields = ["user"]
    ordering = ["-user_id"]

    def get_fields(self, request, obj=None):
        return ["user", *seen_fields(request.user, obj and obj.user, self.model, self.fields)]


@admin.register(Profile)
class ProfileAdmin(PartOfPersonAdmin):
    list_display = ["user", "display_name", "updated_at"]
    fields = ["display_name", *ABOUT, "visibility"]


@admin.register(StudentProfile)
class StudentProfileAdmin(PartOfPersonAdmin):
    list_display = ["user", "student_number", "program"]
    fields = STUDENT


@admin.register(InstructorProfile)
class InstructorProfileAdmin(PartOfPersonAdmin):
    list_display = ["user", "updated_at"]
    fields = INSTRUCTOR
