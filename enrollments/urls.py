"""Joining and leaving a course, and who is on it."""

from django.urls import path

from enrollments import views

app_name = "enrollments"

urlpatterns = [
    path("courses/<slug:slug>/enroll/", views.enroll, name="enroll"),
    path("courses/<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
    path("courses/<slug:slug>/pause/", views.pause, name="pause"),
    path("courses/<slug:slug>/resume/", views.resume, name="resume"),
    path("courses/<slug:slug>/people/", views.people, name="people"),
    path("courses/<slug:slug>/people/<uuid:enrollment_id>/", views.person, name="person"),
]
