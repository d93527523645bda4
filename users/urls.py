"""Addresses of people and preferences; those of the account pages are in `users.account_urls`."""

from django.urls import path, re_path

from users import api, door_views, views

app_name = "users"

urlpatterns = [
    path("people/<uuid:user_id>/", views.profile, name="profile"),
    path("people/<uuid:user_id>/picture/", views.avatar, name="avatar"),
    path("settings/profile/", views.profile_edit, name="profile_edit"),
    path("preferences/", views.preferences, name="preferences"),
    path("accounts/unlock/<uuid:lockout_id>/<str:secret>/", door_views.unlock, name="unlock"),
    path("settings/devices/", door_views.devices, name="devices"),
    path("settings/devices/end/", door_views.devices_end, name="devices_end"),
    path("settings/devices/<int:device_id>/end/", door_views.device_end, name="device_end"),
    path("settings/tokens/", door_views.token_list, name="tokens"),
    path("settings/tokens/new/", door_views.token_add, name="token_add"),
    path("settings/tokens/made/", door_views.token_made, name="token_made"),
    path("settings/tokens/<uuid:token_id>/revoke/", door_views.token_revoke, name="token_revoke"),
    path("api/v1/me", api.me, name="api_me"),
    re_path(r"^api/(?P<rest>.*)$", api.not_found, name="api_not_found"),
]
