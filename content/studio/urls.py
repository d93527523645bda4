"""Addresses of the studio that are about what a course is made of."""

from django.urls import path

from content.studio import course_views, lesson_views, outline_views, presence_views

urlpatterns = [
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
    path("courses/<slug:slug>/presence/", presence_views.presence, name="studio_presence"),
]
