"""Certificates: one's own, the public pages by which others check them, and what staff do with them."""

from django.urls import path

from certificates.views import design, issuer, owner, public, staff

app_name = "certificates"

urlpatterns = [
    path("certificates/", owner.certificate_list, name="list"),
    path("certificates/check/", public.check, name="check"),
    path("certificates/issuer/", issuer.profile, name="issuer"),
    path("certificates/issuer/keys/", issuer.keys, name="keys"),
    path("certificates/issuer/keys/<str:kid>/", issuer.key, name="key"),
    path("certificates/issuer/revocations/", issuer.revocations, name="revocations"),
    path("certificates/<uuid:certificate_id>/", owner.certificate, name="detail"),
    path("certificates/<uuid:certificate_id>/paper.pdf", owner.paper, name="paper"),
    path("certificates/<uuid:certificate_id>/credential.jwt", owner.credential, name="credential"),
    path("certificates/<str:code>/", public.verify, name="verify"),
    path("studio/certificates/", design.default_design, name="default_design"),
    path("studio/courses/<slug:slug>/certificates/", staff.course_list, name="course_list"),
    path(
        "studio/courses/<slug:slug>/certificates/design/",
        design.course_design,
        name="course_design",
    ),
    path(
        "studio/courses/<slug:slug>/certificates/<uuid:certificate_id>/",
        staff.course_certificate,
        name="course_certificate",
    ),
]
