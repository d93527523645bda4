"""Putting back what was done, and the trash."""

from django.urls import path

from activity import trash_views, undo_views

urlpatterns = [
    path("undo/<uuid:request_id>/", undo_views.undo_change, name="undo"),
    path("trash/", trash_views.trash, name="trash"),
    path("trash/<slug:kind>/<uuid:row_id>/", trash_views.put, name="trash_put"),
    path("trash/<slug:kind>/<uuid:row_id>/restore/", trash_views.restore, name="trash_restore"),
    path("trash/<slug:kind>/<uuid:row_id>/delete/", trash_views.purge, name="trash_purge"),
]
