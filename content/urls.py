"""Addresses of this app."""

from django.urls import include, path

from content import views

app_name = "content"

urlpatterns = [
    path("media/<uuid:media_id>/<slug:variant>/", views.media, name="media"),
    path("studio/", include("content.studio.urls")),
]
