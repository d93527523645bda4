"""Settings of the whole site. Each variable of the environment is read here, once; `.env.example` lists them."""

import sys
from pathlib import Path

import environ
from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# Ground
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[".localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
#: Other people's files that tests and the importer's checks read; tests skip where it is absent.
TEST_DATA = env.path("CAIRN_TEST_DATA", default=str(BASE_DIR.parent / "shared" / "data"))

INSTALLED_APPS = [
    "config.apps.CairnAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "procrastinate.contrib.django",
    "config",
    "tenancy",
    "users",
    "notifications",
    "activity",
    "agenda",
    "privacy",
    "bulk",
    "courses",
    "content",
    "enrollments",
    "progress",
    "certificates",
    "billing",
]

MIDDLEWARE = [
    "users.api_errors.ApiErrorsMiddleware",
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.content_security.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.guest_cache.GuestCacheMiddleware",
    "tenancy.middleware.OrganizationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tenancy.idempotency.IdempotencyMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "users.middleware.ActorMiddleware",
    "users.middleware.PrivatePagesMiddleware",
    "users.required_factor.RequiredFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "activity.view_as.ViewAsMiddleware",
]
if DEBUG and env.bool("DEBUG_TOOLBAR", default=False):
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(2, "debug_toolbar.middleware.DebugToolbarMiddleware")
    INTERNAL_IPS = ["127.0.0.1"]

# Database: migrations run as the owner of the tables, everything else as a role that owns nothing.
RUNS_AS_OWNER = len(sys.argv) > 1 and sys.argv[1] in {"migrate", "sqlmigrate"}
DATABASE = env.db_url(
    "DATABASE_OWNER_URL" if RUNS_AS_OWNER and "DATABASE_OWNER_URL" in env else "DATABASE_URL"
)
DATABASE_ROLE = "cairn_owner" if RUNS_AS_OWNER else "cairn_app"
#: For the rare command that must care for tables it does not own, such as the statistics after a bulk seed.
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
DATABASES = {
    "default": DATABASE
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": DATABASE.get("OPTIONS", {})
        | {
            "options": f"-c role={DATABASE_ROLE} -c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', default=0)}",
            "connect_timeout": 5,
            "prepare_threshold": 5,  # lets `lib.rows` keep plans; Django's own cursors never do
        },
    }
}

# Cache: holds only what can be made again. Without Redis the site is slower, and works.
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "lib.cache.ResilientRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "tenancy.caching.make_key",
        "TIMEOUT": 900,
    }
    if REDIS_URL
    else {
        "BACKEND": "lib.cache.LenientDatabaseCache",
        "LOCATION": "tenancy_cache",
        "KEY_FUNCTION": "tenancy.caching.make_key",
        "TIMEOUT": 900,
    }
}

# Accounts
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["users.backends.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["users.hashers.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "users.password_words.SiteWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60  # seconds
ACCOUNT_ADAPTER = "users.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_VALIDATORS = "users.validators.username_validators"
ACCOUNT_FORMS = {
    "login": "users.forms.LoginForm",
    "signup": "users.forms.SignupForm",
    "reset_password": "users.forms.ResetPasswordForm",
    "reset_password_from_key": "users.forms.ResetPasswordKeyForm",
    "change_password": "users.forms.ChangePasswordForm",
    "user_token": "users.forms.UserTokenForm",
    "set_password": "users.forms.SetPasswordForm",
    "add_email": "users.forms.AddEmailForm",
    "reauthenticate": "users.forms.ReauthenticateForm",
}
# The library counts in the cache alone and would refuse every sign-in without it.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False

# Second factors, and providers that sign people in
MFA_ADAPTER = "users.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Nobody signs in before their address is verified; the library would forbid to change it later.
MFA_ALLOW_UNVERIFIED_EMAIL = True
SOCIALACCOUNT_ADAPTER = "users.provider_adapter.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_FORMS = {"signup": "users.security_forms.ProviderSignupForm"}
#: Providers may be reached by http and inside our own network: for tests, and for schools that run theirs in the house.
LOCAL_PROVIDERS = env.bool("LOCAL_PROVIDERS", default=False)

# What is written down, and who looks
AUDIT_LOG_MONTHS = env.int("AUDIT_LOG_MONTHS", default=36)  # 12 at least; 0 keeps all
SECURITY_LOG_MONTHS = env.int("SECURITY_LOG_MONTHS", default=24)
#: Namespaces and names of the pages that staff may see as a student: what a student learns with, nothing of the account.
VIEW_AS_PAGES = {"home", "tenancy", "courses", "content", "enrollments", "progress"}
VIEW_AS_PAGES |= {
    "users:profile",
    "users:avatar",
    "notifications:list",
    "agenda:list",
    "agenda:next",
}

# Sessions and cookies
SESSION_ENGINE = "users.session_store"
HTTPS = env.bool("HTTPS", default=False)
#: The port in addresses that a job writes into mails, where it is not the scheme's own.
PUBLIC_PORT = env.str("CAIRN_PORT", default="")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "config.messages.MessageStorage"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60  # seconds
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# What a page may load: our own files; scripts and styles by nonce. Videos only after a click, from these hosts.
VIDEO_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]
EMBED_HOSTS = ["https://codepen.io", "https://www.geogebra.org", "https://phet.colorado.edu"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "frame-src": [SELF, *VIDEO_HOSTS, *EMBED_HOSTS],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"

# Pages. Our own are written in Jinja2; the admin and crispy-forms bring Django templates.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "config.jinja.environment",
            "auto_reload": DEBUG,
            "context_processors": ["config.context.page"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "django"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    },
]
FORMS_URLFIELD_ASSUME_HTTPS = True
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Files
DATA_DIR = env.path("DATA_DIR", default=str(BASE_DIR / "var"))
MEDIA_ROOT = DATA_DIR("media")
MEDIA_URL = "media/"
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Cairn <noreply@localhost>"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # a username is unique inside an organization, not in the whole table
    "security.W019",  # lessons show PDFs of this very site in a frame
]
