"""The environment of our page templates."""

from functools import cache

from crispy_forms.utils import render_crispy_form
from django.templatetags.static import static as address_of_file
from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazy
from jinja2 import Environment, StrictUndefined, pass_context
from markupsafe import Markup

from lib import jinja as registry
from lib.ids import uuid7

#: Address of a static file; it does not change while the process runs.
static = cache(address_of_file)


def url(name, *args, **kwargs):
    """Address of a named page."""
    return reverse(name, args=args, kwargs=kwargs)


def icon(name, label=""):
    """An icon of the sprite; with a label where it stands without text beside it."""
    if not label:
        return plain_icon(name)
    return Markup(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>'
    ).format(label, static("img/icons.svg"), name)


@cache
def plain_icon(name):
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        static("img/icons.svg"), name
    )


@pass_context
def crispy(context, form):
    """A form with its crispy layout."""
    return Markup(render_crispy_form(form, context={"csrf_token": context.get("csrf_token", "")}))


def environment(**options):
    """Jinja2 as our templates know it; apps add to it through `lib.jinja`."""
    options.setdefault("undefined", StrictUndefined)
    # Plain text is for mails: there an apostrophe stays one.
    options["autoescape"] = lambda name: not (name or "").endswith(".txt")
    env = Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.install_gettext_callables(
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals.update(
        static=static,
        url=url,
        icon=icon,
        crispy=crispy,
        uuid7=uuid7,
        language=lazy(translation.get_language, str),
        get_language=translation.get_language,
        get_language_bidi=translation.get_language_bidi,
    )
    registry.apply(env)
    return env
