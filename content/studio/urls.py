"""Addresses of the studio that are about what a course is made of."""

from django.urls import path

from content.studio import course_views

urlpatterns = [
    path("courses/<slug:slug>/", course_views.course_home, name="studio_course"),
]
