"""The environment of our page templates."""

from functools import cache, lru_cache
from types import FunctionType

from crispy_forms.utils import render_crispy_form
from django.templatetags.static import static as address_of_file
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.functional import lazy
from jinja2 import Environment, StrictUndefined, pass_context, pass_eval_context
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from lib import jinja as registry
from lib.ids import uuid7

KEPT_ADDRESSES, KEPT_TEXTS = 8192, 8192

#: Address of a static file; it does not change while the process runs.
static = cache(address_of_file)


def url(name, *args, **kwargs):
    """Address of a named page."""
    return address_of_page(get_script_prefix(), name, args, tuple(kwargs.items()))


@lru_cache(KEPT_ADDRESSES)
def address_of_page(_prefix, name, args, kwargs):
    return reverse(name, args=args, kwargs=dict(kwargs))


@pass_eval_context
def text(eval_context, message, **values):
    """`_()`: a text in the reader's language, values escaped into it; a percent sign is written twice."""
    language, message = translation.get_language(), str(message)
    if not eval_context.autoescape:
        return str(translated(language, message)) % values
    return translated(language, message) % values if values else ready_text(language, message)


@lru_cache(KEPT_TEXTS)
def translated(_language, message):
    return Markup(translation.gettext(message))


@lru_cache(KEPT_TEXTS)
def ready_text(language, message):
    return translated(language, message) % ()


KNOWN_WISHES = (None, text.jinja_pass_arg)


class QuickContext(Context):
    """Calls a plain function or a macro without looking through all that else could be called."""

    def call(self, function, *args, **kwargs):
        kind = type(function)
        wish = function.__dict__.get("jinja_pass_arg") if kind is FunctionType else None
        if (kind is not Macro and kind is not FunctionType) or wish not in KNOWN_WISHES:
            return super().call(function, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        if kind is Macro or wish:
            return function(self.eval_ctx, *args, **kwargs)
        return function(*args, **kwargs)


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
    env.context_class = QuickContext
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
        gettext=text,
        _=text,
        uuid7=uuid7,
        language=lazy(translation.get_language, str),
        get_language=translation.get_language,
        get_language_bidi=translation.get_language_bidi,
    )
    registry.apply(env)
    return env
