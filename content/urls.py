"""Addresses of this app."""

from django.urls import include, path

from content import paths_views, views

app_name = "content"

urlpatterns = [
    path("media/<uuid:media_id>/<slug:variant>/", views.media, name="media"),
    path("paths/", paths_views.path_list, name="paths"),
    path("paths/<slug:slug>/", paths_views.path_detail, name="path"),
    path(
        "paths/<uuid:path_id>/picture/<slug:version>/",
        paths_views.path_picture,
        name="path_picture",
    ),
    path("studio/", include("content.studio.urls")),
]
