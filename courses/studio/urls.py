"""Addresses of the studio that are about courses; those about their content are in `content`."""

from django.urls import path

from courses.studio import course_views, details_views, reviews_views, settings_views

urlpatterns = [
    path("", course_views.course_list, name="studio"),
    path("new/", course_views.course_new, name="studio_new"),
    path("courses/<slug:slug>/reviews/", reviews_views.review_list, name="studio_reviews"),
    path(
        "courses/<slug:slug>/reviews/<uuid:review_id>/", reviews_views.review, name="studio_review"
    ),
    path("courses/<slug:slug>/details/", details_views.details, name="studio_details"),
    path(
        "courses/<slug:slug>/details/preview/",
        details_views.description_preview,
        name="studio_description_preview",
    ),
    path("courses/<slug:slug>/settings/", settings_views.settings, name="studio_settings"),
    path(
        "courses/<slug:slug>/settings/courses/",
        settings_views.course_suggestions,
        name="studio_course_suggestions",
    ),
]
