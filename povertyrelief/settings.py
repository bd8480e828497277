"""All settings in one file, safe when nothing is set. Read from the environment and `.env`."""

from pathlib import Path

import environ
import pgtrigger
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from povertyrelief import embedded, keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DATA_DIR = embedded.data_dir()
KEYS = keys.load(DATA_DIR)
SECRET_KEY = KEYS.secret_key
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# True behind a TLS proxy: secure cookies, HSTS, redirect. Off for `make run` on one's own machine.
HTTPS = env.bool("HTTPS", default=False)
# How many proxies stand before us and add to X-Forwarded-For. Without it everybody would have the proxy's address: one
# person's failed sign-ins would shut out the whole city, and the audit log would not tell where anybody was.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXIES", default=1 if HTTPS else 0)
# The demonstration: offers its sign-ins as buttons and says on every page that nobody here is real.
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
# Whole numbers of minors: "second_person" (another officer consents, for an hour), "standing" (the officer's own need).
MINORS_REVEAL = env.str("MINORS_REVEAL", default="second_person")
# What leaders see of those who are not covered: "names" (children as 王某某), or "counts" only.
LEADERS_SEE = env.str("LEADERS_SEE", default="names")
# How many days what is kept, 0: for ever (campaigns/retention.py).
RETENTION_DAYS = {
    "uploads": env.int("RETENTION_UPLOADS", default=180),
    "comparisons": env.int("RETENTION_COMPARISONS", default=90),
    "reveals": env.int("RETENTION_REVEALS", default=400),  # the yearly report counts them
    "requests": env.int("RETENTION_REQUESTS", default=3 * 365),
    "jobs": env.int("RETENTION_JOBS", default=30),
    "sessions": env.int("RETENTION_SESSIONS", default=1),
    "closed": env.int("RETENTION_CLOSED", default=5 * 365),
}
# The campaign's calendar year that `prepare` creates.
CAMPAIGN_YEAR = env.int("CAMPAIGN_YEAR", default=2018)

INSTALLED_APPS = [
    "povertyrelief.admin_site.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django.contrib.humanize",  # for allauth's list of keys
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_tasks_db",
    "import_export",
    "pgtrigger",
    "pghistory",
    "households",
    "campaigns",
    "povertyrelief",  # for its commands: run, work, db_stop
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "povertyrelief.middleware.PermissionsPolicyMiddleware",
    "povertyrelief.middleware.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "households.sign_in.ActivityMiddleware",
    "households.unsent.UnsentMiddleware",
    "households.sign_in.DoorMiddleware",
    "povertyrelief.middleware.RegisterTransactionMiddleware",
    "povertyrelief.middleware.FigureBookMiddleware",
]

ROOT_URLCONF = "povertyrelief.urls"
# Widgets may have templates of ours.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "povertyrelief.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campaigns.context.page",
            ],
        },
    },
]

# manage.py and wsgi.py have set DATABASE_URL (embedded server) when the operator has not.
DATABASES = {"default": env.db("DATABASE_URL", default="postgresql://postgres@/povertyrelief")}
# Not more threads than connections, so waiting for one means that the server is away: a page then says so (503). Attempts
# are given up as soon; the next request begins anew, and does not wait for a pause that has grown to minutes.
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": 16,
    "timeout": 5,
    "reconnect_timeout": 5,
}
DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}  # after a restart the pool holds dead ones
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits and locks must be shared by all processes. A full cache forgets some of them, used codes too: Django's 300
# entries are a morning's sign-ins, or one attacker's failures; these are more than 20 attempts a minute from 60 addresses.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Each web process's own, some 20 MB at most (campaigns.rendered_parts).
    "parts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "parts",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Row-level history triggers are quadratic per statement with deferred foreign keys: 40,000 rows 8 s against 0.2 s.
PGHISTORY_LEVEL = pgtrigger.Statement

AUTH_USER_MODEL = "households.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "households.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "20/m/ip", "login_failed": "5/15m/key,20/m/ip", "reauthenticate": "10/m/user", "invitation": "20/m/ip",
    "pin": "20/m/ip",
}  # fmt: skip
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "households.sign_in.MfaAdapter"
MFA_FORMS = {
    "add_webauthn": "households.security_keys.AddKeyForm",
    "edit_webauthn": "households.security_keys.RenameKeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = True

SESSION_COOKIE_AGE = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "households.unsent.csrf_failed"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = "povertyrelief.formats"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = None  # nothing is collected: whitenoise serves the source folders (WHITENOISE_USE_FINDERS)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Uploads go to a temporary file at once (a city's roster does not belong in memory), up to their limit.
FILE_UPLOAD_HANDLERS = ["campaigns.upload_handler.LimitedUploadHandler"]
# Plain copies of rosters, for moments: one place, so that what a killed process leaves is found (intake/plain_files.py).
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "plain"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # Django's checks refuse to start without it
DATA_UPLOAD_MAX_NUMBER_FILES = 40

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "povertyrelief.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
