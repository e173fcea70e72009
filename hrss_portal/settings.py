"""All settings, from the environment.  One file; nothing here has a secret as its default.

``./portal`` hands the environment over (var/secrets.env and the addresses of the servers it
started); a production site sets the same names in its service manager.  docs/settings.md lists
them.
"""

from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("PORTAL_VAR", default=str(BASE_DIR / "var")))

SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = env.list("FIELD_KEYS")  # "id:base64 of 32 bytes", the first encrypts, all decrypt
INDEX_KEY = env("INDEX_KEY")  # keys the blind indexes; never rotated without a re-index
AUDIT_KEY = env("AUDIT_KEY")  # keys the seal of audit blocks
BACKUP_KEY = env("BACKUP_KEY", default="")  # base64 of 32 bytes; opens the backups made here
BACKUP_PUBLIC_KEY = env("BACKUP_PUBLIC_KEY", default="")  # X25519; wins, needs its private half
PG_PROGRAMS = env("PORTAL_PG_PROGRAMS", default="")  # pg_dump and pg_restore of the server in use
DEBUG = env.bool("DEBUG", default=False)
# Where people open the portal: links in Word and Excel files begin with it.
PORTAL_URL = env("PORTAL_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
RUN_TOKEN = env("PORTAL_RUN_TOKEN", default="")

KERNEL = [
    "audit",
    "access",
    "parties",
    "jobs",
    "deadlines",
    "notifications",
    "documents",
    "imports",
    "casework",
    "activities",
    "indicators",
    "reports",
    "desk",
]
WORK_AREAS = [
    "employment",
    "arbitration",
    "labor_inspection",
    "entrepreneurship",
    "titles",
    "injury_insurance",
    "services",
    "policies",
    "governance",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.admin.apps.SimpleAdminConfig",  # its site is not mounted: nothing to discover
    "django.contrib.humanize",
    "django.forms",
    "pgtrigger",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "import_export",
    "lucide",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *(f"hrss_portal.{name}" for name in KERNEL),
    *WORK_AREAS,
]
MIDDLEWARE = [
    "hrss_portal.desk.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "hrss_portal.audit.middleware.RequestIdMiddleware",
    "hrss_portal.access.public.PublicPageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hrss_portal.desk.plain_input.PlainInputMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hrss_portal.access.middleware.SessionGuardMiddleware",
    "hrss_portal.access.middleware.PolicyMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "hrss_portal.urls"
WSGI_APPLICATION = "hrss_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "hrss_portal.desk.context.shell",
            ],
            "builtins": ["hrss_portal.desk.templatetags.desk"],
        },
    },
]


def _database(url: str) -> dict[str, object]:
    """``DATABASE_URL`` as Django wants it, with a socket directory moved where dbshell looks."""
    if urlsplit(url).scheme not in {"postgres", "postgresql", "psql", "pgsql"}:
        raise ImproperlyConfigured(
            "数据库只能是 PostgreSQL，DATABASE_URL 写成 postgres://user:password@host:5432/name"
        )
    config = env.db_url_config(url)
    options = config.setdefault("OPTIONS", {})
    if "host" in options:
        config["HOST"] = options.pop("host")
    config.setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=60))
    config["CONN_HEALTH_CHECKS"] = True
    config["ATOMIC_REQUESTS"] = True
    config["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("PGBOUNCER", default=False)
    return config


DATABASES = {"default": _database(env("DATABASE_URL"))}
if env("REPLICA_URL", default=""):
    DATABASES["replica"] = {
        **_database(env("REPLICA_URL")),
        "ATOMIC_REQUESTS": False,
        "TEST": {"MIRROR": "default"},
    }
DATABASE_ROUTERS = ["hrss_portal.desk.routers.ReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_LOCK_TIMEOUT = "5s"


def redis_url(database: int, *, scheme: str = "redis") -> str:
    """``REDIS_URL`` for one purpose: database 0 cache, 1 broker.

    A unix socket is written ``unix:///path`` for redis-py and ``redis+socket:///path`` for Celery.
    """
    url = env("REDIS_URL")
    parts = urlsplit(url)
    if parts.scheme in {"unix", "redis+socket"}:
        path = quote(parts.path, safe="/%")
        if scheme == "celery":
            return f"redis+socket://{path}?virtual_host={database}"
        return f"unix://{path}?db={database}"
    base = int((parts.path.strip("/") or parse_qs(parts.query).get("db", ["0"])[0]) or 0)
    return parts._replace(path=f"/{base + database}", query="").geturl()


CACHES = {
    "default": {
        "BACKEND": "hrss_portal.access.cache.MayBeAwayCache",
        "LOCATION": redis_url(0),
        "KEY_PREFIX": env("CACHE_PREFIX", default="hrss"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a flushed Redis logs nobody out
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
IDLE_LOCK_SECONDS = env.int("IDLE_LOCK_SECONDS", default=30 * 60)
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# An intranet portal without a certificate runs over http: these two follow HTTPS above.
SILENCED_SYSTEM_CHECKS = (
    []
    if HTTPS
    else [
        "security.W004",
        "security.W008",
        "security.W012",
        "security.W016",
    ]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "hrss_portal.access.passwords.UnlikeThePerson",
        "OPTIONS": {"user_attributes": ("staff_no", "name")},
    },
    {"NAME": "hrss_portal.access.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "hrss_portal.access.passwords.Uncommon"},
    {"NAME": "hrss_portal.access.passwords.NotOnlyDigits"},
]
LOGIN_URL = "access:login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "access:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours; county offices share one address: lock the pair, not the address
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_TEMPLATE = "access/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # the log-in log shows wrong passwords as well
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
AXES_CLIENT_IP_CALLABLE = "hrss_portal.access.addresses.client_address"
OTP_TOTP_ISSUER = "县人社局业务门户"

PORTAL_NAME = env("PORTAL_NAME", default="县人社局业务门户")
BUREAU_NAME = env("BUREAU_NAME", default="县人力资源和社会保障局")
CSRF_FAILURE_VIEW = "hrss_portal.desk.errors.csrf_failure"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = None

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", VAR_DIR / "vendor")]
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # Case papers: no other account of the server reads them.
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
UPLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_QUOTA = env.int("UPLOAD_QUOTA", default=500 * 1024 * 1024)  # bytes per person and day
GATEWAYS = env.dict("GATEWAYS", default={})  # channel=dotted.path.of.Gateway; sms, mail, webhook
CLAMAV = env("CLAMAV", default="")  # socket path or host:port of a virus scanner

CELERY_BROKER_URL = env("BROKER_URL", default="") or redis_url(1, scheme="celery")
CELERY_BROKER_TRANSPORT_OPTIONS = env.json("BROKER_TRANSPORT_OPTIONS", default={})
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_DEFAULT_QUEUE = "default"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["hrss_portal.desk.api.security.ClientTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["hrss_portal.desk.api.security.PolicyPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["hrss_portal.desk.api.reading.ExactJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "hrss_portal.desk.api.reading.OnlyJSON",
    "DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.inspectors.ViewInspector",  # and api.schema
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is no way to learn choices
    "DEFAULT_THROTTLE_CLASSES": ["hrss_portal.desk.api.security.ClientThrottle"],
    "DEFAULT_THROTTLE_RATES": {"client": env("API_RATE", default="600/minute")},
    "EXCEPTION_HANDLER": "hrss_portal.desk.api.failures.error_response",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "县人社局业务门户 API",
    "DESCRIPTION": "Cases by external number; see docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "hrss_portal.desk.api.schema.PortalGenerator",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "APPEND_COMPONENTS": {
        "securitySchemes": {"clientToken": {"type": "http", "scheme": "bearer"}},
    },
    "PREPROCESSING_HOOKS": ["hrss_portal.desk.api.schema.only_the_api"],
    "POSTPROCESSING_HOOKS": ["hrss_portal.desk.api.schema.with_components"],
}
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
IMPORT_EXPORT_TMP_STORAGE_CLASS = "hrss_portal.imports.resources.SealedStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"masked": {"()": "hrss_portal.audit.logs.MaskIdentifiers"}},
    "formatters": {"line": {"()": "hrss_portal.audit.logs.json_formatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["masked"], "formatter": "line"}
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
    # Django's own handlers would write around the masks: these two write through ``root`` alone.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"level": "WARNING"},
    },
}
