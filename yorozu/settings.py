"""Settings, from the environment. Modes: `production` (the default), `demo` (make run), `test`.

Production refuses to start on a default secret or with DEBUG; yorozu.safety refuses an unsafe database role.
"""

from __future__ import annotations

import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

MODE = env.str("YOROZU_MODE", "production")
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
DEBUG = env.bool("DEBUG", False)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".local")))
DEFAULT_SECRET = "not-a-secret"  # recognised and refused below
SECRET_KEY = env.str("SECRET_KEY", DEFAULT_SECRET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"] if not PRODUCTION else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# collectstatic and makemigrations of a build need no secret; whatever serves does.
_SERVES = not {"collectstatic", "makemigrations", "compilemessages"} & set(sys.argv[1:2])
if PRODUCTION and _SERVES:
    if len(SECRET_KEY) < 50 or SECRET_KEY == DEFAULT_SECRET or SECRET_KEY.startswith("django-insecure"):
        raise ImproperlyConfigured("SECRET_KEY is missing, a default or shorter than 50 characters: set a random one.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG is on: production never runs with it.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS is empty: name the host of the site.")

INSTALLED_APPS = [
    "accounts.apps.AdministrationConfig",  # django.contrib.admin behind our own door
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
    # our rooms, from the ground up
    "audit",
    "accounts",
    "hubs",
    "jobs",
    "letters",
    "directory",
    "consultations",
    "sharing",
    "referrals",
    "booking",
    "exchange",
    "finding",
    "webhooks",
    "casestudies",
    "metrics",
    "plans",
    "reports",
    "dashboards",
    "website",
    "yorozu",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # these two first: static files, probes and redirects carry their headers too
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "website.probes.Probes",
    "website.figures.kept.Kept",  # what everybody reads alike: before anybody is asked who they are
    "foundation.requests.CleanInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.idle.Idle",
    "foundation.requests.SwitchedLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.tokens.Tokens",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hubs.entrance.Entrance",
]

ROOT_URLCONF = "yorozu.urls"
WSGI_APPLICATION = "yorozu.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hubs.frame.frame",
            ],
            "builtins": ["foundation.templatetags.shown"],
        },
    }
]

# ---- database, cache, queue
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgresql://yorozu_app@127.0.0.1:5432/yorozu")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": True,  # safe behind a transaction-pooling proxy
    "ATOMIC_REQUESTS": False,  # the entrance opens the transaction itself, together with the scope
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
_REDIS_CACHE = "django.core.cache.backends.redis.RedisCache"
CACHES = {
    # sessions, counts of attempts: nothing may push them out
    "default": {"BACKEND": _REDIS_CACHE, "LOCATION": REDIS_URL},
    # what is kept ready for the public: in a memory of its own, if there is one, they fill nothing else
    "public": {"BACKEND": _REDIS_CACHE, "LOCATION": env.str("CACHE_URL", "") or REDIS_URL},
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a killed worker's task is done again: tasks are repeatable
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_TASK_ROUTES = {
    "exchange.*": {"queue": "long"},  # files of many rows, in a worker of their own
    "reports.make_package": {"queue": "long"},  # a hundred files and more
    "webhooks.tell_hub": {"queue": "outward"},  # waits for other people's servers: nobody waits behind it
}
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_TASK_ALWAYS_EAGER = False

# ---- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.adapter.SignInBackend",  # who somebody is; first, since sessions name it
    "hubs.access.RightsBackend",  # what they may do
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if MODE == "test":  # hundreds of sign-ins; production keeps Django's slow hasher
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by administrators, nobody signs up
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}  # five failures lock the address for five minutes
ACCOUNT_EMAIL_SUBJECT_PREFIX = "【よろず支援拠点】"
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or factor is told by mail
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers' addresses get no mail
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignIn",
    "change_password": "accounts.forms.PasswordChange",
    "set_password": "accounts.forms.PasswordSet",
    "reset_password": "accounts.forms.PasswordReset",
    "reset_password_from_key": "accounts.forms.PasswordResetWithKey",
    "reauthenticate": "accounts.forms.Reauthentication",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)  # how many proxies of ours add to X-Forwarded-For
PASSWORD_RESET_TIMEOUT = 24 * 3600
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactor",
    "reauthenticate": "accounts.forms.SecondFactorAgain",
    "activate_totp": "accounts.forms.TotpActivation",
    "add_webauthn": "accounts.forms.PasskeyAddition",
    "edit_webauthn": "accounts.forms.PasskeyNaming",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators vouch for addresses
MFA_TOTP_TOLERANCE = 1  # clocks differ by half a minute
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "よろず支援拠点"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

SESSION_ENGINE = "django.contrib.sessions.backends.cache"
IDLE_MINUTES = env.int("IDLE_MINUTES", 30)
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_SAVE_EVERY_REQUEST = False  # accounts.idle marks what a person did; what the browser does alone renews nothing
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
CSRF_FAILURE_VIEW = "website.views.csrf_failure"

# ---- transport
HTTPS = env.bool("HTTPS", PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# ---- language and time
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# ---- files and mail
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
_PACKAGES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/htmx", _PACKAGES / "htmx.org" / "dist"),
    ("vendor/tokens", _PACKAGES / "@digital-go-jp" / "design-tokens" / "dist"),
    ("vendor/chart", _PACKAGES / "chart.js" / "dist"),
]
PDF_FONTS = _PACKAGES / "@expo-google-fonts" / "noto-sans-jp"
MEDIA_ROOT = DATA_DIR / "files"
PACKAGE_SIGNING_KEY = env.str("PACKAGE_SIGNING_KEY", "")  # Ed25519, a PEM or its path: reports.signing
ATTACHMENTS_S3_BUCKET = env.str("ATTACHMENTS_S3_BUCKET", "")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # clients' files: never below a folder that a web server hands out
    "attachments": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("ATTACHMENTS_DIR", str(DATA_DIR / "attachments")),
            "base_url": None,  # they have no address but the page that asks for the right
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
    if not ATTACHMENTS_S3_BUCKET
    else {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {  # keys of access come from the environment or the machine's role, as boto3 reads them
            "bucket_name": ATTACHMENTS_S3_BUCKET,
            "endpoint_url": env.str("ATTACHMENTS_S3_ENDPOINT", "") or None,
            "region_name": env.str("ATTACHMENTS_S3_REGION", "ap-northeast-1"),
            "default_acl": "private",
            "file_overwrite": False,
            "object_parameters": {"ServerSideEncryption": env.str("ATTACHMENTS_S3_ENCRYPTION", "AES256")},
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = True
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = MODE == "test"  # tests serve files as they lie, uncollected
FILE_UPLOAD_HANDLERS = [
    "foundation.requests.BoundedUpload",  # first: what is too large fills no disk
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 64 * 1024 * 1024)  # of any one file, whatever it is for
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", 20 * 1024 * 1024)
ATTACHMENTS_PER_CONSULTATION = env.int("ATTACHMENTS_PER_CONSULTATION", 20)
VIRUS_SCANNER = env.str("VIRUS_SCANNER", "")  # clamd: unix:/run/clamav/clamd.ctl or tcp://clamav:3310; empty: none
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend" if DEMO else env.str(
    "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"
)  # fmt: skip
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20  # seconds: less than the shortest pause before a letter is tried again
# Where letters say that the system is: what a worker writes has no request to ask.
_USUAL_SITE = (
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION and ALLOWED_HOSTS else f"http://127.0.0.1:{env.str('PORT', '8000')}"
)
SITE_URL = env.str("SITE_URL", _USUAL_SITE).rstrip("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@yorozu.example")

CROSSTAB_SECONDS = env.float("CROSSTAB_SECONDS", 5)  # how long a cross table may count records

# ---- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.ByToken",  # first: what a 401 says about signing in
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.tokens.ApiRate", "accounts.tokens.ApiWriteRate"],
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["foundation.requests.CleanJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
API_RATE = env.str("API_RATE", "600/min")
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", False)  # for trials on one machine only
API_WRITE_RATE = env.str("API_WRITE_RATE", "120/min")
SPECTACULAR_SETTINGS = {
    "ENUM_NAME_OVERRIDES": {
        "EnterpriseKindEnum": "consultations.choices.EnterpriseKind",
        "ReferralKindEnum": "referrals.choices.ReferralKind",
        "CaseStateEnum": "consultations.choices.CaseState",
        "ReferralStateEnum": "referrals.choices.ReferralState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "hubs.api.describe_refusals",
    ],
    "TITLE": "Yorozu API",
    "VERSION": "1",
    "DESCRIPTION": "よろず支援拠点 支援実績管理システム",
    "SERVE_INCLUDE_SCHEMA": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"yorozu": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
