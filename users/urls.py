"""Addresses of people and preferences; those of the account pages are in `users.account_urls`."""

from django.urls import path

from users import views

app_name = "users"

urlpatterns = [
    path("people/<uuid:user_id>/", views.profile, name="profile"),
    path("people/<uuid:user_id>/picture/", views.avatar, name="avatar"),
    path("settings/profile/", views.profile_edit, name="profile_edit"),
    path("preferences/", views.preferences, name="preferences"),
]
