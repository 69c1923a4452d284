"""The one settings file: reads the environment once; manage.py, WSGI, Celery and the tests all use it (design D28).

Nothing secret has a default. What is missing or cannot be meant refuses to start with the sentence that helps, under
gunicorn and Celery as under `manage.py`.
"""

from pathlib import Path

from csp.constants import NONE, SELF

from console import environment as env
from console import logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("CONSOLE_DATA", str(BASE_DIR / ".data"))).absolute()

# --- who and where ---------------------------------------------------------------------------------------------------

_address = env.address("CONSOLE_URL")
CONSOLE_URL = _address.geturl()
IS_HTTPS = _address.scheme == "https"
IS_PUBLIC = _address.hostname not in ("localhost", "127.0.0.1", "::1")

DEBUG = False
SECRET_KEY = env.secret(
    "CONSOLE_SECRET_KEY",
    "a long random text that signs sessions and forms; make one with\n"
    "  python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
)
TOKEN_KEYS = env.token_keys(
    "CONSOLE_TOKEN_KEYS",
    "the keys that encrypt CRM tokens, newest first, separated by commas; make one with\n"
    "  python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'",
)
_host = f"[{_address.hostname}]" if ":" in str(_address.hostname) else str(_address.hostname)
ALLOWED_HOSTS = [_host] if IS_PUBLIC else ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [CONSOLE_URL]
CONSOLE_KEEP_DAYS = env.days("CONSOLE_KEEP_DAYS", 30)
TRUSTED_PROXIES = env.networks("CONSOLE_TRUSTED_PROXIES")

# --- the CRM ---------------------------------------------------------------------------------------------------------

CRM_DC_TABLE = env.text("CRM_DC_TABLE", "")
CRM_ALLOW_LOOPBACK = env.flag("CRM_ALLOW_LOOPBACK")
_known = env.data_centres(CRM_DC_TABLE, allow_loopback=CRM_ALLOW_LOOPBACK, is_public=IS_PUBLIC)
CONSOLE_ORGS = env.organisations("CONSOLE_ORGS", _known)
CRM_API_VERSION = int(env.one_of("CRM_API_VERSION", env.text("CRM_API_VERSION", "8"), ("7", "8")))
CRM_CREDENTIALS = env.credentials(
    "the client id and client secret that the Zoho API console (Server-based Applications) shows for this console;\n"
    f"  register {CONSOLE_URL}/sign-in/callback/ as its redirect URI",
    _known,
)
CRM_HOME_DC = env.home(
    "CRM_HOME_DC", env.text("CRM_HOME_DC", "standin-us" if CRM_DC_TABLE else "us"), _known, CRM_CREDENTIALS
)
CRM_WEB_DEADLINE_S = 12  # so that the page itself is there within 15, on a busy machine too
CRM_WORKER_DEADLINE_S = 60

# --- Django ----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "console.operators.apps.OperatorsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "heroicons",
    "console",
    "console.audit",
    "console.connections",
    "console.metadata",
    "console.costs",
    "console.jobs",
    "console.submissions",
    "console.home",
    "console.modules",
    "console.records",
    "console.catalogue",
    "console.wizards",
    "console.blueprints",
]
AUTH_USER_MODEL = "connections.User"
AUTHENTICATION_BACKENDS = ["console.connections.entry.Entry"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "console.proxies.TrustedProxies",
    # Around everything that may answer by itself (a wrong host, a missing slash, another site's form, static files).
    "console.middleware.PrivatePages",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "console.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.middleware.OwnPages",
    "console.middleware.SignedIn",
    "console.middleware.SeenBrowsers",
    "console.middleware.Limits",
    "console.middleware.ConnectionInUse",
    "console.clock.ReadersClock",
]
ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.context.house",
            ],
            "builtins": ["console.templatetags.console"],
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "console.sqlite3")}
CACHES = {"default": env.cache("CACHE_URL")}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
# The port is in the name because browsers do not keep cookies of two ports of one host apart (D26).
_cookie = "__Host-console-" if IS_HTTPS else f"console-{_address.port or 80}-"
SESSION_COOKIE_NAME = f"{_cookie}session"
CSRF_COOKIE_NAME = f"{_cookie}csrf"
CSRF_FAILURE_VIEW = "console.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "connections:sign_in"

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
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
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
DATETIME_FORMAT = "Y-m-d H:i:s e"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "console.static_files.StaticFiles"},
}
WHITENOISE_USE_FINDERS = True  # so that nothing needs to be collected on one's own machine

# --- limits (console.limits) -----------------------------------------------------------------------------------------

LIMITS = {  # name: (how often, in how many seconds)
    "sign_in_browser": (10, 600),
    "sign_in_address": (60, 600),
    "callback_address": (60, 600),
    "person": (1200, 60),  # pages and fragments together; a page that watches a job asks once a second
}
MOST_SIGN_IN_BYTES = 64_000
MOST_UPLOAD_BYTES = 30_000_000  # a file of the CRM has 20 MB at most
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000  # a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an invoice of 200 lines has a few thousand
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- background work -------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.optional_secret("CELERY_BROKER_URL") or "memory://"
if CELERY_BROKER_URL == "memory://":  # for `demo` and `start` alone, whose worker is a thread of theirs
    CELERY_BROKER_URL = "memory://localhost/"  # a host that means nothing: kombu warns when there is none

# --- logs ------------------------------------------------------------------------------------------------------------

LOGGING = logs.configuration(
    file=env.file_to_write("CONSOLE_LOG_FILE"),
    level=env.one_of(
        "CONSOLE_LOG_LEVEL",
        env.text("CONSOLE_LOG_LEVEL", "INFO").upper(),
        ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    ),
    secrets=[SECRET_KEY, *TOKEN_KEYS, *(client_secret for _, client_secret in CRM_CREDENTIALS.values())],
)
