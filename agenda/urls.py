from django.urls import path

from agenda import views

app_name = "agenda"

urlpatterns = [
    path("", views.agenda, name="list"),
    path("next/", views.next_dates, name="next"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/renew/", views.calendar_renew, name="calendar_renew"),
    path("calendar/end/", views.calendar_end, name="calendar_end"),
    path("calendar/<str:secret>.ics", views.feed, name="feed"),
]
