from django.urls import path

from bench.yardstick import views

urlpatterns = [
    path("a/", views.bare, name="bare"),
    path("b/", views.ordinary, name="ordinary"),
    path("courses/<slug:slug>/", views.detail, name="detail"),
]
