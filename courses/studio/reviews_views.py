"""The reviews of a course, for those who look after it: reading, answering, hiding."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from courses.models import CourseRating, CourseReview
from courses.ratings import average
from courses.renames import follow_renames
from courses.review_forms import AnswerForm, HideForm
from courses.review_page import ORDER, PER_PAGE, RATINGS, bars_of, name_of
from courses.review_views import chosen_rating
from courses.services.reviews import answer_review, hide_review, unhide_review
from courses.studio.access import course_to_edit
from lib.pagination import page_url, paginate

#: How the list is narrowed, beside the rating.
STATES = {
    "unanswered": gettext_lazy("Not answered"),
    "shown": gettext_lazy("Shown"),
    "hidden": gettext_lazy("Hidden"),
}


@require_safe
@follow_renames
def review_list(request, slug):
    """All reviews of a course, the newest first, hidden ones too."""
    course = course_to_edit(request.user, slug)
    chosen = _chosen(request.GET)
    reviews = _narrowed(CourseReview.objects.filter(course=course).with_people(), chosen)
    page = paginate(reviews, order=ORDER, cursor=request.GET.get("cursor"), size=PER_PAGE)
    sums = CourseRating.objects.filter(course=course).first()
    context = {
        "course": course,
        "section": "reviews",
        "reviews": [(review, name_of(review.author)) for review in page],
        "count": sums.review_count if sums else 0,
        "rating": average(sums.rating_sum, sums.review_count) if sums else None,
        "bars": bars_of(course.pk),
        "states": STATES.items(),
        "ratings": RATINGS,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "courses/studio_reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def review(request, slug, review_id):
    """One review, with its answer, and hiding it."""
    course = course_to_edit(request.user, slug)
    found = get_object_or_404(CourseReview.objects.with_people(), pk=review_id, course=course)
    part = request.POST.get("part", "")
    answer = AnswerForm(request.POST if part == "answer" else None, initial={"reply": found.reply})
    hide = HideForm(request.POST if part == "hide" else None)
    try:
        done = _act(found.pk, part, answer, hide, by=request.user, now=request.now)
    except CourseReview.DoesNotExist as gone:  # its author took it away meanwhile
        raise Http404 from gone
    if done:
        say_done(request, done)
        return redirect("courses:studio_review", course.slug, found.pk)
    context = {
        "course": course,
        "section": "reviews",
        "review": found,
        "name": name_of(found.author),
        "replied_by": name_of(found.replied_by),
        "answer": answer,
        "hide": hide,
    }
    return render(request, "courses/studio_review.html", context)


def _act(review_id, part, answer, hide, **who):
    """Do what was asked; a sentence about it, "" where there was nothing to do."""
    if part == "answer" and answer.is_valid():
        answer_review(review_id, text=answer.cleaned_data["reply"], **who)
        return _("The answer is saved.")
    if part == "hide" and hide.is_valid():
        hide_review(review_id, reason=hide.cleaned_data["reason"], **who)
        return _("The review is hidden. Its author is told why.")
    if part == "unhide":
        unhide_review(review_id, **who)
        return _("The review is shown again.")
    return ""


def _chosen(asked):
    state = asked.get("state", "")
    rating = chosen_rating(asked.get("rating", ""))
    return {"state": state if state in STATES else "", "rating": str(rating or "")}


def _narrowed(reviews, chosen):
    if chosen["state"] == "unanswered":
        reviews = reviews.unanswered()
    elif chosen["state"] == "shown":
        reviews = reviews.shown()
    elif chosen["state"] == "hidden":
        reviews = reviews.filter(hidden_at__isnull=False)
    return reviews.filter(rating=chosen["rating"]) if chosen["rating"] else reviews
