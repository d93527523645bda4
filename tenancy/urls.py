from django.urls import path

from tenancy import views

app_name = "tenancy"

urlpatterns = [
    path("theme.css", views.theme, name="theme"),
    path("logo/", views.logo, name="logo"),
]
