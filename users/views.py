"""Sign-up, profiles and preferences. The rest of the account pages are the account library's."""

import mimetypes

from allauth.account import views as account
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lib.access import public
from lib.http import safe_redirect_url
from users import permissions, pictures, profile_page, services
from users.forms import PreferencesForm
from users.models import Audience, Profile, User
from users.profile_forms import ProfileForm

YEAR = 365 * 24 * 60 * 60  # seconds


class SignupView(account.SignupView):
    """The account library's, and a second look when somebody took the name or e-mail just now."""

    def form_valid(self, form):
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except IntegrityError as error:
            if "users_user_" not in str(error):
                raise
        self._cached_form = None
        form = self.get_form()
        if form.is_valid():  # an e-mail that is taken is answered like any other
            return super().form_valid(form)
        return self.form_invalid(form)


@require_safe
def profile(request, user_id):
    """A person of the organization, as the viewer may see them; oneself also as others do."""
    people = User.objects.with_person().select_related(*profile_page.READ_ALONG)
    person = get_object_or_404(_those_shown_to(request.user, people), pk=user_id)
    is_own = person == request.user
    asked = request.GET.get("as", "")
    through = Audience(asked) if is_own and asked in profile_page.OTHERS else None
    context = {
        "who": person,
        "is_own": is_own,
        "through": through,
        "others": profile_page.OTHERS,
        **profile_page.content_of(person, viewer=request.user, through=through),
    }
    return render(request, "users/profile.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def profile_edit(request):
    user = request.user
    about = Profile.objects.filter(user=user).first() or Profile(user=user)
    form = ProfileForm(request.POST or None, request.FILES or None, instance=about, user=user)
    if form.is_valid():
        services.change_profile(user, **form.changes())
        translation.activate(user.language or translation.get_language())
        messages.success(request, _("Your profile is saved."))
        return redirect("users:profile_edit")
    return render(request, "users/profile_edit.html", {"form": form, "picture": user.avatar_url})


@require_safe
@cache_control(private=True, max_age=YEAR, immutable=True)
def avatar(request, user_id):
    """A person's picture, in one of its sizes; the address that pages use changes with it."""
    people = User.objects.select_related("profile").exclude(profile__avatar="")
    person = get_object_or_404(
        _those_shown_to(request.user, people), pk=user_id, profile__isnull=False
    )
    picture = person.profile.avatar
    try:
        file = pictures.open_size(picture, request.GET.get("size", ""))
    except OSError as error:
        raise Http404 from error
    kind = mimetypes.guess_type(picture.name)[0] or "application/octet-stream"
    return FileResponse(file, content_type=kind)


def _those_shown_to(viewer, people):
    """Suspended people are found by those alone who look after accounts."""
    return people if permissions.can_see_accounts(viewer) else people.active()


@public
@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request):
    """Language and colours, kept in cookies; the language also with the account of who is signed in."""
    asked = request.POST if request.method == "POST" else None
    form = PreferencesForm(asked, initial=_present(request))
    if asked is None or not form.is_valid():
        return render(request, "users/preferences.html", {"form": form})
    language, theme = form.cleaned_data["language"], form.cleaned_data["theme"]
    response = HttpResponseRedirect(
        safe_redirect_url(request, form.cleaned_data["next"], reverse("users:preferences"))
    )
    if not form.cleaned_data["next"]:
        messages.success(request, _("Saved."))
    if language:
        _set_cookie(response, settings.LANGUAGE_COOKIE_NAME, language)
        if request.user.is_authenticated:
            services.set_language(request.user, language=language)
    if theme:
        _set_cookie(response, "theme", theme)
    return response


def _present(request):
    """What is chosen now, or was clicked in the footer of a page without a token."""
    wished = request.GET
    theme = wished.get("theme") or request.COOKIES.get("theme")
    language = wished.get("language")
    return {
        "theme": theme if theme in dict(PreferencesForm.THEMES) else "auto",
        "language": language
        if language in dict(settings.LANGUAGES)
        else translation.get_language(),
        "next": wished.get("next", ""),
    }


def _set_cookie(response, name, value):
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
