"""The certificates of a course, for those who look after its people."""

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from certificates import permissions, services
from certificates.forms import RevokeForm
from certificates.models import Certificate
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from lib.pagination import page_url, paginate
from tenancy import security

ORDER = ("-issued_at", "-id")
PER_PAGE = 20
STATES = {
    "valid": gettext_lazy("Valid"),
    "revoked": gettext_lazy("Revoked"),
    "replaced": gettext_lazy("Replaced"),
}


class CertificateFilter(django_filters.FilterSet):
    """By state, and by the beginning of a name."""

    state = django_filters.ChoiceFilter(choices=list(STATES.items()), method="of_state")
    q = django_filters.CharFilter(method="called")

    class Meta:
        model = Certificate
        fields = []

    def of_state(self, rows, _name, state):
        if state == "valid":
            return rows.valid()
        if state == "revoked":
            return rows.filter(revoked_at__isnull=False, replaced_at__isnull=True)
        return rows.filter(replaced_at__isnull=False)

    def called(self, rows, _name, text):
        words = Q()
        for word in text.split()[:4]:
            words &= Q(name__icontains=word) | Q(student__email__istartswith=word)
        return rows.filter(words)


@require_safe
@follow_renames
def course_list(request, slug):
    """Who has a certificate of the course, the newest first."""
    course = _course(request, slug)
    chosen = {
        "state": request.GET.get("state", ""),
        "q": request.GET.get("q", "")[:100].replace("\0", ""),
    }
    chosen["state"] = chosen["state"] if chosen["state"] in STATES else ""
    rows = Certificate.objects.filter(course=course)
    rows = CertificateFilter(chosen, queryset=rows).qs
    page = paginate(rows, order=ORDER, cursor=request.GET.get("cursor"), size=PER_PAGE)
    context = {
        "course": course,
        "section": "certificates",
        "certificates": list(page),
        "states": STATES.items(),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "may_design": permissions.can_design(request.user, course),
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "certificates/course_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def course_certificate(request, slug, certificate_id):
    """One certificate: what it says, whether it holds; revoking it, and issuing it anew."""
    course = _course(request, slug)
    found = get_object_or_404(
        Certificate.objects.select_related("student", "revoked_by"),
        pk=certificate_id,
        course=course,
    )
    may_manage = permissions.can_manage_certificates(request.user, course)
    part = request.POST.get("part", "")
    form = RevokeForm(request.POST if part == "revoke" else None)
    if request.method == "POST":
        if not may_manage:
            raise PermissionDenied
        if target := _act(request, found, part, form):
            return redirect("certificates:course_certificate", course.slug, target.pk)
    elif found.student_id != request.user.pk:
        security.record_disclosure(
            found.student_id, by=request.user, what="certificate", course=course.title
        )
    context = {
        "course": course,
        "section": "certificates",
        "certificate": found,
        "form": form,
        "may_manage": may_manage,
        "name_now": found.student.get_full_name() or found.student.username,
        "newer": Certificate.objects.filter(replaces=found).first(),
    }
    return render(request, "certificates/course_certificate.html", context)


def _act(request, found, part, form) -> Certificate | None:
    """Do what was asked; the certificate to show then, None where the form has to be shown again."""
    who = {"by": request.user, "now": request.now}
    target = found
    try:
        if part == "revoke":
            if not form.is_valid():
                return None
            services.revoke(found.pk, reason=form.cleaned_data["reason"], **who)
            say_done(request, _("The certificate is revoked. Its owner is told why."))
        elif part == "restore":
            services.restore(found.pk, **who)
            say_done(request, _("The certificate holds again."))
        elif part == "reissue":
            target = services.reissue(found.pk, **who)
            messages.success(request, _("A new certificate has replaced the former one."))
    except services.CertificateRefused as refused:
        messages.error(request, str(refused))
    return target


def _course(request, slug):
    return course_to_edit(request.user, slug, *permissions.SEE)
