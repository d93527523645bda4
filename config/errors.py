"""Answers to requests that Django itself refuses."""

from django.core.exceptions import RequestDataTooBig
from django.shortcuts import render
from django.views import defaults


def bad_request(request, exception):
    """413 for what was too much to be read, 400 for what made no sense."""
    if isinstance(exception, RequestDataTooBig):
        return render(None, "413.html", status=413)
    return defaults.bad_request(request, exception)
