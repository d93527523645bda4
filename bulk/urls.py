"""Tables that are sent in."""

from django.urls import path

from bulk import views

app_name = "bulk"

urlpatterns = [
    path("tables/new/<str:kind>/", views.send, name="send"),
    path("tables/<uuid:upload_id>/", views.upload, name="upload"),
    path("tables/<uuid:upload_id>/report/", views.report, name="report"),
]
