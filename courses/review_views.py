"""Reviews of a course: reading them, writing one's own, taking it away."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from courses import review_page
from courses.course_page import read_course_page
from courses.errors import CourseRefused
from courses.models import Course
from courses.permissions import can_view_course
from courses.renames import follow_renames
from courses.review_forms import ReviewForm
from courses.reviewing import decide_review
from courses.services.reviews import delete_review, write_review
from lib.access import public
from lib.guest_pages import same_for_all_guests
from lib.pagination import page_url


@public
@require_safe
@same_for_all_guests
@follow_renames
def review_list(request, slug):
    """All reviews of a course, the newest first, or those with one rating."""
    page = read_course_page(slug, request.user)
    if page is None or not can_view_course(request.user, page.course):
        raise Http404
    rating = chosen_rating(request.GET.get("rating", ""))
    reviews = review_page.page_of_reviews(
        page.course.pk, rating=rating, cursor=request.GET.get("cursor")
    )
    chosen = {"rating": str(rating or "")}
    context = {
        "nav": "courses",
        "page": page,
        "course": page.course,
        "bars": review_page.bars_of(page.course.pk),
        "reviews": [review_page.shown(review) for review in reviews],
        "rating": rating,
        "next_url": page_url(chosen, reviews.next_cursor),
        "previous_url": page_url(chosen, reviews.previous_cursor),
    }
    return render(request, "courses/review_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def review_edit(request, slug):
    """One's own review: written the first time, changed afterwards; with why it is hidden, if it is."""
    course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
    own = review_page.own_review(request.user, course.pk)
    decision = decide_review(request.user, course.pk)
    form = ReviewForm(request.POST or None, initial=_initial(own))
    if decision and form.is_valid():
        try:
            who = {"by": request.user, "now": request.now}
            write_review(course.pk, **form.cleaned_data, **who)
        except CourseRefused as refused:
            form.add_error(None, str(refused))
        else:
            say_done(request, _("Thank you. Your review is saved."))
            return redirect("courses:reviews", course.slug)
    context = {"nav": "courses", "course": course, "own": own, "form": form, "decision": decision}
    return render(request, "courses/review_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def review_delete(request, slug):
    """Asks before one's own review goes away."""
    course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
    own = review_page.own_review(request.user, course.pk)
    if own is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            delete_review(course.pk, by=request.user, now=request.now)
        except CourseRefused as refused:
            refusal = str(refused)
        else:
            say_done(request, _("Your review is gone."))
            return redirect("courses:detail", course.slug)
    context = {"nav": "courses", "course": course, "own": own, "refusal": refusal}
    return render(request, "courses/review_delete.html", context)


def chosen_rating(asked: str) -> int | None:
    """The rating that an address asks for; None for anything that is none."""
    return int(asked) if asked in {"1", "2", "3", "4", "5"} else None


def _initial(own):
    return {"rating": own.rating, "text": own.text} if own else {}
