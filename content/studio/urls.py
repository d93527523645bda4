"""Addresses of the studio that are about what a course is made of."""

from django.urls import path

from content.studio import (
    check_views,
    copy_views,
    course_views,
    dates_views,
    item_views,
    lesson_views,
    library_views,
    outline_views,
    path_views,
    presence_views,
    publish_views,
    rule_views,
    transfer_views,
    versions_views,
)

ITEM = "courses/<slug:slug>/lessons/<uuid:lesson_id>/items/<uuid:item_id>"

urlpatterns = [
    path("paths/", path_views.path_list, name="studio_paths"),
    path("paths/new/", path_views.path_new, name="studio_path_new"),
    path("paths/<uuid:path_id>/", path_views.path_steps, name="studio_path"),
    path("paths/<uuid:path_id>/courses/", path_views.path_courses, name="studio_path_courses"),
    path("paths/<uuid:path_id>/details/", path_views.path_details, name="studio_path_details"),
    path("courses/<slug:slug>/", course_views.course_home, name="studio_course"),
    path("courses/<slug:slug>/outline/", outline_views.outline, name="studio_outline"),
    path(
        "courses/<slug:slug>/outline/<slug:kind>/<uuid:part_id>/",
        outline_views.part,
        name="studio_part",
    ),
    path(
        "courses/<slug:slug>/lessons/<uuid:lesson_id>/", lesson_views.lesson, name="studio_lesson"
    ),
    path(
        "courses/<slug:slug>/lessons/<uuid:lesson_id>/library/",
        lesson_views.pick,
        name="studio_lesson_pick",
    ),
    path(
        "courses/<slug:slug>/lessons/<uuid:lesson_id>/rules/",
        rule_views.lesson_rules,
        name="studio_lesson_rules",
    ),
    path(
        "courses/<slug:slug>/modules/<uuid:module_id>/rules/",
        rule_views.module_rules,
        name="studio_module_rules",
    ),
    path("courses/<slug:slug>/presence/", presence_views.presence, name="studio_presence"),
    path("courses/<slug:slug>/check/", check_views.check, name="studio_check"),
    path("courses/<slug:slug>/dates/", dates_views.dates, name="studio_dates"),
    path("courses/<slug:slug>/publish/", publish_views.publish, name="studio_publish"),
    path("courses/<slug:slug>/versions/", versions_views.course_versions, name="studio_versions"),
    path(
        "courses/<slug:slug>/versions/<slug:kind>/<uuid:row_id>/",
        versions_views.versions_of,
        name="studio_versions_of",
    ),
    path(
        "courses/<slug:slug>/versions/<slug:kind>/<uuid:row_id>/<int:number>/",
        versions_views.version,
        name="studio_version",
    ),
    path(f"{ITEM}/", item_views.studio_item, name="studio_item"),
    path(f"{ITEM}/draft/", item_views.studio_item_draft, name="studio_item_draft"),
    path(f"{ITEM}/preview/", item_views.studio_item_preview, name="studio_item_preview"),
    path(f"{ITEM}/discard/", item_views.studio_item_discard, name="studio_item_discard"),
    path(f"{ITEM}/video/", item_views.studio_item_video, name="studio_item_video"),
    path(f"{ITEM}/embed/", item_views.studio_item_embed, name="studio_item_embed"),
    path("courses/<slug:slug>/copy/", copy_views.copy_course, name="studio_copy"),
    path("courses/<slug:slug>/export/", transfer_views.export_course, name="studio_export"),
    path("import/", transfer_views.import_course, name="studio_import"),
    path("transfers/<uuid:transfer_id>/", transfer_views.transfer_detail, name="studio_transfer"),
    path(
        "transfers/<uuid:transfer_id>/file/",
        transfer_views.transfer_file,
        name="studio_transfer_file",
    ),
    path("library/", library_views.library, name="library"),
    path("library/upload/", library_views.library_upload, name="library_upload"),
    path("library/picker/", library_views.library_picker, name="library_picker"),
    path("library/tags/", library_views.library_tags, name="library_tags"),
    path("library/<uuid:media_id>/", library_views.library_file, name="library_file"),
    path(
        "library/<uuid:media_id>/replace/",
        library_views.library_replace,
        name="library_replace",
    ),
]
