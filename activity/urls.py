"""Who did what: the feeds, the security log, and seeing the site as a student."""

from django.urls import include, path

from activity import view_as_views, views

app_name = "activity"

urlpatterns = [
    path("activity/", views.feed, name="feed"),
    path("activity/export/", views.export, name="export"),
    path("activity/security/", views.security_log, name="security"),
    path("activity/security/export/", views.export_security, name="export_security"),
    path("activity/<slug:slug>/<uuid:row_id>/", views.feed_of, name="of"),
    path("activity/<slug:slug>/<uuid:row_id>/export/", views.export_of, name="export_of"),
    path("people/<uuid:user_id>/view-as/", view_as_views.start, name="view_as"),
    path("view-as/stop/", view_as_views.stop, name="view_as_stop"),
    path("", include("activity.undo_urls")),
]
