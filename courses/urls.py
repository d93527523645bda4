from django.urls import include, path

from courses import review_views, staff_views, views

app_name = "courses"
urlpatterns = [
    path("studio/", include("courses.studio.urls")),
    path("courses/", views.course_list, name="list"),
    path("courses/<slug:slug>/", views.course_detail, name="detail"),
    path("courses/<slug:slug>/reviews/", review_views.review_list, name="reviews"),
    path("courses/<slug:slug>/review/", review_views.review_edit, name="review"),
    path("courses/<slug:slug>/review/delete/", review_views.review_delete, name="review_delete"),
    path("courses/<slug:slug>/staff/", staff_views.staff, name="staff"),
    path(
        "courses/<slug:slug>/staff/suggestions/",
        staff_views.staff_suggestions,
        name="staff_suggestions",
    ),
    path(
        "courses/<slug:slug>/staff/hand-over/", staff_views.staff_hand_over, name="staff_hand_over"
    ),
    path(
        "courses/<slug:slug>/staff/<uuid:entry_id>/remove/",
        staff_views.staff_remove,
        name="staff_remove",
    ),
    path("courses/<uuid:course_id>/picture/<slug:version>/", views.course_picture, name="picture"),
]
