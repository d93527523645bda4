"""Addresses of people's own data, and of those who decide on it."""

from django.urls import path

from privacy import views

app_name = "privacy"

urlpatterns = [
    path("settings/data/", views.overview, name="overview"),
    path("settings/data/download/", views.export, name="export"),
    path("settings/data/download/<uuid:export_id>/", views.download, name="download"),
    path("settings/data/erase/", views.erase, name="erase"),
    path("settings/data/erase/take-back/", views.withdraw, name="withdraw"),
    path("people/<uuid:user_id>/data/", views.export_for, name="export_for"),
    path("erasures/", views.erasures, name="erasures"),
    path("erasures/<uuid:request_id>/", views.erasure, name="erasure"),
    path("erasures/<uuid:request_id>/proof.txt", views.proof_file, name="proof"),
]
