"""Who looks after a course, on a page for those who do: seeing, adding, removing, handing over."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from courses import permissions, services
from courses.errors import CourseRefused
from courses.models import Course, CourseStaff, RoleAssignment
from courses.renames import follow_renames
from courses.staff_forms import AddStaffForm, HandOverForm
from courses.staff_page import page_of_staff, shown, suggest_people
from courses.teaching import LOOKING_AFTER
from users.models import Permission, User
from users.permissions import can_see_accounts
from users.roles import RoleRefused

REFUSALS = (CourseRefused, RoleRefused)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def staff(request, slug):
    """The list, and the form that adds somebody, for those who may."""
    course = _looked_after(request.user, slug)
    can_manage = permissions.can_manage_staff(request.user, course)
    if request.method == "POST" and not can_manage:
        raise Http404
    form = _adding_form(request, course) if can_manage else None
    if form is not None and form.is_valid():
        try:
            _add(request, course, form)
        except REFUSALS as refused:
            form.add_error("person", str(refused))
        else:
            return redirect("courses:staff", slug)
    page = page_of_staff(course, request.GET.get("cursor"))
    with_email = can_see_accounts(request.user)
    context = {
        "nav": "courses",
        "course": course,
        "owner": User.objects.with_person().filter(pk=course.owner_id).first(),
        "with_email": with_email,
        "entries": [shown(row, with_email=with_email) for row in page],
        "page": page,
        "form": form,
        "can_give_away": permissions.can_give_course_away(request.user, course),
    }
    return render(request, "courses/staff.html", context)


@require_safe
def staff_suggestions(request, slug):
    """People for the fields of these pages, as options of a list."""
    course = _managed(request.user, slug)
    text = request.GET.get("person", "")[:200]
    people = [person for person in suggest_people(request.user, text) if person != request.user]
    return render(request, "courses/staff_suggestions.html", {"course": course, "people": people})


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def staff_remove(request, slug, entry_id):
    """Ask, then take somebody's part in the course away."""
    course = _managed(request.user, slug)
    entry = _entry(course, entry_id)
    is_role = isinstance(entry, RoleAssignment)
    if is_role:
        decision = services.decide_taking(request.user, entry)
    else:
        decision = services.decide_co_instructor(request.user, user=entry.user, course=course)
    if request.method == "POST" and decision:
        who = {"by": request.user, "now": request.now}
        if is_role:
            services.take_role(entry.pk, **who)
        else:
            services.remove_staff(course.pk, user=entry.user, **who)
        text = _("%(name)s is no longer %(role)s here.")
        values = {"name": entry.user, "role": _role_name(entry)}
        say_done(request, text % values)
        return redirect("courses:staff", slug)
    context = {
        "nav": "courses",
        "course": course,
        "entry": entry,
        "role": _role_name(entry),
        "decision": decision,
    }
    return render(request, "courses/staff_remove.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def staff_hand_over(request, slug):
    """Give the course to another owner."""
    course = _looked_after(request.user, slug)
    if not permissions.can_give_course_away(request.user, course):
        raise Http404
    urls = {
        "suggestions_url": reverse("courses:staff_suggestions", args=[slug]),
        "cancel_url": reverse("courses:staff", args=[slug]),
    }
    form = HandOverForm(request.POST or None, **urls)
    if form.is_valid():
        to = form.cleaned_data["person"]
        try:
            services.transfer_ownership(course.pk, to=to, by=request.user, now=request.now)
        except CourseRefused as refused:
            form.add_error("person", str(refused))
        else:
            text = _("“%(course)s” is now in the hands of %(name)s.")
            say_done(request, text % {"course": course, "name": to})
            return redirect("courses:staff", slug)
    context = {"nav": "courses", "course": course, "form": form}
    return render(request, "courses/staff_hand_over.html", context)


def _adding_form(request, course):
    return AddStaffForm(
        request.POST or None,
        roles=services.roles_to_give(request.user, course),
        suggestions_url=reverse("courses:staff_suggestions", args=[course.slug]),
    )


def _add(request, course, form):
    person, role = form.cleaned_data["person"], form.chosen_role
    who = {"by": request.user, "now": request.now}
    if role is not None:
        services.give_role(role, user=person, course_id=course.pk, **who)
    else:
        services.add_staff(course.pk, user=person, **who)
    say_done(request, _("%(name)s helps to look after this course now.") % {"name": person})


def _entry(course, entry_id):
    """A co-instructor or a role on the course, by the id of the row; 404 for any other."""
    for model in (CourseStaff, RoleAssignment):
        related = ["user"] if model is CourseStaff else ["user", "role", "course"]
        found = model.objects.select_related(*related).filter(pk=entry_id, course=course).first()
        if found is not None:
            return found
    raise Http404


def _role_name(entry):
    return entry.role.name if isinstance(entry, RoleAssignment) else entry.get_role_display()


def _looked_after(user, slug):
    """A course that the person looks after; for everybody else there is no such page."""
    return get_object_or_404(Course.objects.live().permitted_to(user, *LOOKING_AFTER), slug=slug)


def _managed(user, slug):
    """The same where they may choose who else does."""
    courses = Course.objects.live().permitted_to(user, Permission.COURSE_STAFF)
    return get_object_or_404(courses, slug=slug)
