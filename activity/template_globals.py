"""What templates may ask of this app."""

from django.urls import reverse
from jinja2 import pass_context
from markupsafe import Markup

from activity.permissions import can_see_all, can_see_security, can_view_as
from lib import jinja

STAFF_TOOLS = "activity/_staff_tools.html"


@pass_context
def staff_tools(context, request, person, activity_url="") -> Markup:
    """What this viewer may do with a person: see what happened, see the site as they do. "" for students.

    `activity_url` is a feed that the page knows to be open to the viewer; else it is the person's own, where
    that is. No query for those who hold the rights in the organization, one for who may only teach.
    """
    user = request.user
    if not (user.is_authenticated and (user.is_staff or user.sees_private_rows)):
        return Markup("")
    if not activity_url and can_see_all(user):
        activity_url = reverse("activity:of", args=["user", person.pk])
    values = {
        "person": person,
        "activity_url": activity_url,
        "may_view_as": can_view_as(user, person),
        "next": request.get_full_path(),
    }
    template = context.environment.get_template(STAFF_TOOLS)
    return Markup(template.render(context.get_all() | values))


def install():
    jinja.register("staff_tools", staff_tools)
    jinja.register("sees_all_activity", can_see_all)
    jinja.register("sees_security_log", can_see_security)
