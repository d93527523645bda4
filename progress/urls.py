"""The dashboard, lessons, and how far one has come."""

from django.urls import path

from progress import time_machine_views, views

app_name = "progress"

urlpatterns = [
    path("studio/courses/<slug:slug>/preview/", time_machine_views.preview, name="preview"),
    path("my/courses/", views.my_courses, name="my_courses"),
    path("courses/<slug:slug>/continue/", views.go_on, name="go_on"),
    path("courses/<slug:slug>/progress/", views.course_progress, name="course_progress"),
    path("courses/<slug:slug>/lessons/<slug:lesson_slug>/", views.lesson, name="lesson"),
    path(
        "courses/<slug:slug>/lessons/<slug:lesson_slug>/complete/", views.complete, name="complete"
    ),
    path("courses/<slug:slug>/lessons/<slug:lesson_slug>/reopen/", views.reopen, name="reopen"),
    path("courses/<slug:slug>/lessons/<slug:lesson_slug>/visit/", views.visit, name="visit"),
]
