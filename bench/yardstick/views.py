from django.http import HttpResponse
from django.shortcuts import render

from bench.yardstick.models import Course

ROWS = 30
TEN_KILOBYTES = b"<!doctype html><title>A</title>" + b"ten kilobytes of nothing much. " * 329


def bare(request):
    """Yardstick A."""
    return HttpResponse(TEN_KILOBYTES)


def ordinary(request):
    """Yardstick B."""
    courses = Course.objects.select_related("subject", "teacher")[:ROWS]
    return render(request, "courses.html", {"courses": courses})


def detail(request, slug):
    """Where the links of B lead; never opened."""
    return HttpResponse(slug)
