"""Addresses of the studio that are about courses; those about their content are in `content`."""

from django.urls import path

from courses.studio import course_views

urlpatterns = [
    path("", course_views.course_list, name="studio"),
    path("new/", course_views.course_new, name="studio_new"),
]
