"""What certificates will look like: of one course, and of all that have no design of their own."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activity.undo_offer import say_done
from certificates import permissions, services
from certificates.designs import default_design as stored_default
from certificates.designs import design_of, language_of
from certificates.forms import DesignForm
from certificates.models import CertificateDesign
from certificates.sheets import preview_of
from certificates.wording import usual_texts
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from tenancy.links import organization_origin


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def course_design(request, slug):
    """The design of a course's certificates; where it has none, it starts from the organization's."""
    course = course_to_edit(request.user, slug)
    return _design_page(request, course, design_of(course.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def default_design(request):
    """The design of all courses that have none of their own."""
    if not permissions.can_design_default(request.user):
        raise PermissionDenied
    return _design_page(request, None, stored_default())


def _design_page(request, course, design):
    language = language_of(course) if course else translation.get_language()
    with translation.override(language):
        usual = usual_texts()
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DesignForm(*sent, design=design, usual=usual, language=language)
    part = request.POST.get("part", "")
    if part == "preview":
        form.is_valid()
        return HttpResponse(_drawn(request, course, _changed(design, form)))
    if part == "reset":
        services.reset_design(course, by=request.user, now=request.now)
        say_done(request, _("The usual design holds again."))
        return redirect(request.path)
    if form.is_valid():
        services.save_design(
            course,
            values=form.values,
            signature=form.new_signature,
            by=request.user,
            now=request.now,
        )
        say_done(request, _("Saved. Certificates that were issued before stay as they are."))
        return redirect(request.path)
    context = {
        "course": course,
        "section": "certificates",
        "may_design_default": permissions.can_design_default(request.user),
        "form": form,
        "language": language,
        "is_own": not design._state.adding and design.course_id == (course and course.pk),
        "drawing": _drawn(request, course, _changed(design, form) if form.is_bound else design),
    }
    return render(request, "certificates/design.html", context)


def _changed(design, form) -> CertificateDesign:
    """The design with all that is right in the form, unsaved. A new signature shows once it is saved."""
    wanted = {
        name: form.cleaned_data[name] for name in DesignForm.LOOK if name in form.cleaned_data
    }
    kept = {name: getattr(design, name) for name in DesignForm.LOOK}
    signature = "" if form.cleaned_data.get("remove_signature") else design.signature
    return CertificateDesign(**kept | wanted, signature=signature)


def _drawn(request, course, design):
    from certificates.drawing.preview import draw_svg  # noqa: PLC0415 -- it costs megabytes

    sheet = preview_of(
        design,
        course,
        organization=request.organization,
        name=_("First name Last name"),
        origin=organization_origin(),
        now=request.now,
    )
    return draw_svg(sheet, label=_("How the certificate will look"))
