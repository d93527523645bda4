"""Joining and leaving a course, and who is on it."""

from django.urls import path

from enrollments import (
    bulk_views,
    invitation_views,
    path_views,
    request_views,
    roster_views,
    section_views,
    views,
    waitlist_staff_views,
    waitlist_views,
)

app_name = "enrollments"

urlpatterns = [
    path("paths/<slug:slug>/join/", path_views.join, name="path_join"),
    path("paths/<slug:slug>/leave/", path_views.leave, name="path_leave"),
    path("studio/paths/<uuid:path_id>/people/", path_views.numbers, name="path_numbers"),
    path("courses/<slug:slug>/enroll/", views.enroll, name="enroll"),
    path("courses/<slug:slug>/waitlist/accept/", waitlist_views.accept, name="waitlist_accept"),
    path("courses/<slug:slug>/waitlist/leave/", waitlist_views.leave, name="waitlist_leave"),
    path("offers/<str:token>/accept/", waitlist_views.accept_by_mail, name="offer_accept"),
    path("offers/<str:token>/decline/", waitlist_views.decline_by_mail, name="offer_decline"),
    path("studio/courses/<slug:slug>/waitlist/", waitlist_staff_views.queue, name="waitlist"),
    path(
        "studio/courses/<slug:slug>/waitlist/offers/",
        waitlist_staff_views.offers,
        name="waitlist_offers",
    ),
    path(
        "studio/courses/<slug:slug>/waitlist/history/",
        waitlist_staff_views.history,
        name="waitlist_history",
    ),
    path(
        "studio/courses/<slug:slug>/waitlist/<uuid:entry_id>/",
        waitlist_staff_views.entry,
        name="waitlist_entry",
    ),
    path("courses/<slug:slug>/request/", request_views.ask, name="request"),
    path("join/", invitation_views.join, name="join"),
    path("invitations/<str:secret>/", invitation_views.invitation, name="invitation"),
    path("studio/requests/", request_views.of_all_courses, name="all_requests"),
    path("studio/courses/<slug:slug>/requests/", request_views.of_course, name="requests"),
    path(
        "studio/courses/<slug:slug>/invitations/",
        invitation_views.invitation_list,
        name="invitations",
    ),
    path(
        "studio/courses/<slug:slug>/invitations/<uuid:invitation_id>/send/",
        invitation_views.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "studio/courses/<slug:slug>/invitations/<uuid:invitation_id>/revoke/",
        invitation_views.invitation_revoke,
        name="invitation_revoke",
    ),
    path("studio/courses/<slug:slug>/codes/", invitation_views.code_list, name="codes"),
    path(
        "studio/courses/<slug:slug>/codes/<uuid:code_id>/end/",
        invitation_views.code_end,
        name="code_end",
    ),
    path("studio/courses/<slug:slug>/addresses/", invitation_views.address_list, name="addresses"),
    path(
        "studio/courses/<slug:slug>/addresses/remove/",
        invitation_views.addresses_remove,
        name="addresses_remove",
    ),
    path("courses/<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
    path("courses/<slug:slug>/pause/", views.pause, name="pause"),
    path("courses/<slug:slug>/resume/", views.resume, name="resume"),
    path("courses/<slug:slug>/people/", views.people, name="people"),
    path("courses/<slug:slug>/people/table/", bulk_views.people_table, name="people_table"),
    path("courses/<slug:slug>/people/write/", roster_views.write, name="people_write"),
    path("courses/<slug:slug>/people/section/", section_views.place, name="people_section"),
    path("courses/<slug:slug>/people/sections/", section_views.sections, name="sections"),
    path("courses/<slug:slug>/people/sections/new/", section_views.section_new, name="section_new"),
    path(
        "courses/<slug:slug>/people/sections/<uuid:section_id>/",
        section_views.section_edit,
        name="section_edit",
    ),
    path(
        "courses/<slug:slug>/people/sections/<uuid:section_id>/delete/",
        section_views.section_delete,
        name="section_delete",
    ),
    path("courses/<slug:slug>/people/access/", roster_views.move_end, name="people_end"),
    path(
        "courses/<slug:slug>/people/export.csv",
        roster_views.export,
        {"ending": "csv"},
        name="people_csv",
    ),
    path(
        "courses/<slug:slug>/people/export.xlsx",
        roster_views.export,
        {"ending": "xlsx"},
        name="people_xlsx",
    ),
    path("courses/<slug:slug>/people/<uuid:enrollment_id>/", views.person, name="person"),
]
