from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("courses/", views.course_list, name="list"),
    path("courses/<slug:slug>/", views.course_detail, name="detail"),
    path("courses/<uuid:course_id>/picture/<slug:version>/", views.course_picture, name="picture"),
]
