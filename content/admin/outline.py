"""Modules, lessons, and what lessons show."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from content.admin.base import TrashAdmin, TrashFilter, who
from content.forms import CompletionForm, LessonForm, LessonItemForm, LessonItemFormSet, ModuleForm
from content.models import Lesson, LessonItem, Module
from content.services import items, outline, publishing
from courses.admin.courses import require
from courses.models import Course
from courses.permissions import can_publish_course
from tenancy.admin import (
    Column,
    ReadOnlyAdmin,
    ReadOnlyInline,
    Table,
    TenantTabularInline,
    service_action,
)


class OfMyCourses(TrashAdmin):
    """Rows of courses: all for admins, those of the courses they may change for instructors."""

    trash_service = staticmethod(outline.trash_part)
    restore_service = staticmethod(outline.restore_part)

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__in=Course.objects.editable_by(user))


class LessonInline(ReadOnlyInline):
    model = Lesson
    view_on_site = False
    fields = readonly_fields = ["position", "title", "duration_minutes", "is_preview"]
    ordering = ["position"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(deleted_at__isnull=True)


@admin.register(Module)
class ModuleAdmin(OfMyCourses):
    trash_kind = "module"
    form = ModuleForm
    list_display = ["title", "course", "position", "updated_at"]
    list_select_related = ["course"]
    list_filter = [TrashFilter, "course"]
    search_fields = ["title__istartswith"]
    autocomplete_fields = ["course"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["source", "deleted_at", "created_at", "updated_at"]
    fixed_fields = ["course"]
    inlines = [LessonInline]
    table = Table(
        keys=(("id",), ("course", "title")),
        columns=(
            Column("id"),
            Column("course", by="slug"),
            Column("position"),
            Column("title"),
            Column("description"),
        ),
    )

    def save_by_service(self, request, row, form):
        values = form.cleaned_data
        texts = {"title": values["title"], "description": values["description"]}
        position = values["position"] or None
        if row is None:
            return outline.add_module(values["course"], position=position, **texts, **who(request))
        outline.update_module(row, **texts, **who(request))
        if position and "position" in form.changed_data:
            outline.move_module(row, position=position, **who(request))
        return row


class LessonItemInline(TenantTabularInline):
    """What a lesson shows, in order."""

    model = LessonItem
    form = LessonItemForm
    formset = LessonItemFormSet
    fk_name = "lesson"
    fields = ["position", "item", "pinned_version"]
    autocomplete_fields = ["item"]
    raw_id_fields = ["pinned_version"]
    ordering = ["position"]
    verbose_name_plural = gettext_lazy("What it shows")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("item", "pinned_version")


@admin.register(Lesson)
class LessonAdmin(OfMyCourses):
    trash_kind = "lesson"
    form = LessonForm
    list_display = ["title", "course", "module", "position", "duration_minutes", "is_preview"]
    list_select_related = ["course", "module"]
    list_filter = [TrashFilter, "is_preview", "completion", "course"]
    search_fields = ["title__istartswith"]
    autocomplete_fields = ["module"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["course", "source", "deleted_at", "created_at", "updated_at"]
    fixed_fields = ["slug"]
    actions = ["publish", "hide", "change_completion", *TrashAdmin.actions]
    inlines = [LessonItemInline]
    table = Table(
        keys=(("id",), ("module", "slug")),
        columns=(
            Column("id"),
            Column("course", by="slug", is_fact=True),
            Column("module__title", is_fact=True),
            Column("module", by="id"),
            Column("position"),
            Column("slug"),
            Column("title"),
            Column("summary"),
            Column("duration_minutes"),
            Column("completion"),
            Column("completion_seconds"),
            Column("is_preview"),
        ),
    )

    def save_by_service(self, request, row, form):
        values = form.cleaned_data
        fields = {name: values[name] for name in outline.LESSON_FIELDS if name in values}
        module, position = values["module"], values["position"] or None
        if row is None:
            slug = values.get("slug") or ""
            return outline.add_lesson(
                module, slug=slug, position=position, **fields, **who(request)
            )
        outline.update_lesson(row, **fields, **who(request))
        if {"position", "module"} & set(form.changed_data):
            outline.move_lesson(row, position=position, to_module=module, **who(request))
        return row

    def save_formset(self, request, form, formset, change):
        """Items in the order of the positions typed, whatever gaps and doubles these have."""
        formset.save(commit=False)
        lesson = form.instance
        for entry in formset.deleted_objects:
            items.take_from_lesson(entry, **who(request))
        kept = [row for row in formset.forms if row not in formset.deleted_forms]
        rows = [row for row in kept if row.cleaned_data.get("item")]
        rows.sort(key=lambda row: row.cleaned_data["position"])
        ids = []
        for row in rows:
            values = row.cleaned_data
            entry = LessonItem.objects.filter(pk=row.instance.pk, lesson=lesson).first()
            if entry is not None and entry.item_id != values["item"].pk:
                items.take_from_lesson(entry, **who(request))
                entry = None
            if entry is None:
                entry = items.put_in_lesson(lesson, values["item"], **who(request))
            items.pin_version(entry, values["pinned_version"], **who(request))
            ids.append(entry.pk)
        items.order_items(lesson, ids, **who(request))

    @service_action(gettext_lazy("Publish"))
    def publish(self, request, lesson):
        require(can_publish_course(request.user, lesson.course))
        publishing.publish_lesson(lesson, **who(request))

    @service_action(gettext_lazy("Hide from students"))
    def hide(self, request, lesson):
        require(can_publish_course(request.user, lesson.course))
        publishing.withdraw_part(lesson, **who(request))

    @service_action(
        gettext_lazy("Change when it is complete …"),
        asks=lambda data, request: CompletionForm(data),
        warning=gettext_lazy("It holds at once."),
    )
    def change_completion(self, request, lesson, *, completion, completion_seconds):
        rule = {"completion": completion, "completion_seconds": completion_seconds}
        outline.update_lesson(lesson, **rule, **who(request))


@admin.register(LessonItem)
class LessonItemAdmin(ReadOnlyAdmin):
    """Which lessons show which items; changed with the lesson."""

    list_display = ["lesson", "position", "item", "pinned_version"]
    list_select_related = ["lesson", "item", "pinned_version"]
    ordering = ["-created_at", "-id"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(lesson__course__in=Course.objects.editable_by(user))
