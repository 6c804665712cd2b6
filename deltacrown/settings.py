"""Django settings of all four environments, driven by ``deltacrown.environment``."""

import sys
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from kombu import Queue

from apps.core import sentry
from apps.core.impatience import ImpatientConnection
from apps.core.logging import configuration as logging_configuration
from deltacrown import admin_theme, object_storage, social
from deltacrown.environment import BASE_DIR, DATA_DIR, load_or_exit, paces
from deltacrown.environment.documents import in_clear, report

env = load_or_exit()

ENVIRONMENT = env.ENVIRONMENT
SERVED = ENVIRONMENT in {"staging", "production"}  # people reach it over the network, behind nginx with TLS
DEBUG = env.DEBUG
SECRET_KEY = env.SECRET_KEY.get_secret_value()
SECRET_KEY_FALLBACKS = list(env.SECRET_KEY_FALLBACKS)
ALLOWED_HOSTS = list(env.ALLOWED_HOSTS)
SITE_NAME = "DeltaCrown"
SITE_URL = env.SITE_URL.rstrip("/")
RELEASE = env.RELEASE
ENVIRONMENT_REPORT = partial(report, env)  # what `manage.py check_env` shows

# --- Apps -------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",  # before staticfiles: its runserver speaks WebSocket
    "unfold",  # before admin: its templates replace the admin's
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, for SiteFormRenderer
    "django.contrib.sitemaps",
    "rest_framework",
    "corsheaders",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.discord",
    "allauth.socialaccount.providers.google",
    "allauth.usersessions",
    "django_cotton",
    "django_htmx",
    "lucide",
    # The fifteen apps, lowest first.
    "apps.core",
    "apps.common",
    "apps.corelib",
    "apps.accounts",
    "apps.user_profile",
    "apps.teams",
    "apps.notifications",
    "apps.economy",
    "apps.ecommerce",
    "apps.siteui",
    "apps.dashboard",
    "apps.corepages",
    "apps.players",
    "apps.search",
    "apps.support",
]

MIDDLEWARE = [
    "apps.core.middleware.context.RequestContextMiddleware",  # first: every answer carries the request id
    "apps.core.middleware.access.AccessLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.core.middleware.static_files.StaticFilesMiddleware",
    "apps.core.middleware.content_security.ContentSecurityMiddleware",
    "apps.core.middleware.health.HealthMiddleware",  # answers without a database
    "apps.core.middleware.maintenance.MaintenanceMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.core.middleware.context.UserContextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.SessionActivityMiddleware",
    "apps.accounts.middleware.StaffSecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.middleware.refusals.DomainErrorMiddleware",  # last: draws what a view refuses
]

# Early, so that it sees all that the others do; behind the policy, so that the policy covers its page too.
DEBUG_TOOLBAR = env.DEBUG_TOOLBAR
if DEBUG_TOOLBAR:
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(
        MIDDLEWARE.index("apps.core.middleware.content_security.ContentSecurityMiddleware") + 1,
        "debug_toolbar.middleware.DebugToolbarMiddleware",
    )
    INTERNAL_IPS = ["127.0.0.1", "::1"]
    DEBUG_TOOLBAR_CONFIG = {"SHOW_COLLAPSED": True}

ROOT_URLCONF = "deltacrown.urls"
WSGI_APPLICATION = "deltacrown.wsgi.application"
ASGI_APPLICATION = "deltacrown.asgi.application"

# --- Templates --------------------------------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # django_cotton puts its loader in front
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "apps.common.templatetags.ui",
                "apps.common.templatetags.figures",
                "apps.core.templatetags.frame",
            ],
        },
    }
]
COTTON_DIR = "siteui/components"
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees what it is given, not what the page happens to hold
FORM_RENDERER = "apps.common.forms.SiteFormRenderer"

# --- Database ---------------------------------------------------------------------------------------------------------
# A statement, a lock and an idle transaction that take longer than this are faults; each would hold up others.
TIMEOUTS = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
DATABASE: dict[str, Any]
if env.DB_ENGINE.endswith("sqlite3"):
    DATA_DIR.mkdir(exist_ok=True)
    DATABASE = {
        "ENGINE": env.DB_ENGINE,
        "NAME": DATA_DIR / "site.sqlite3" if env.DB_NAME == "deltacrown" else env.DB_NAME,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"},
    }
else:
    DATABASE = {
        "ENGINE": "apps.core.postgresql",  # Django's, with a pool that knows how long a request may wait
        "NAME": env.DB_NAME,
        "USER": env.DB_USER,
        "PASSWORD": env.DB_PASSWORD.get_secret_value(),
        "HOST": env.DB_HOST or "127.0.0.1",
        "PORT": env.DB_PORT,
        # The pool keeps connections; persistent ones of Django beside it would leak under ASGI.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": f"deltacrown {Path(sys.argv[0]).name}",  # whom pg_stat_activity names
            "options": TIMEOUTS,
            "pool": {
                "min_size": 0,
                "max_size": env.DB_POOL_SIZE,
                # Its tries to connect become rarer, up to minutes. Given up, they begin anew with the next request.
                "reconnect_timeout": 2,
                "timeout": 3,  # all threads that wait are threads that answer nobody, /readyz neither
                "connection_class": ImpatientConnection,
            },
        },
    }
DATABASES = {"default": DATABASE}
# After this long a request that waits for its database gives up and says so. A developer's breakpoint takes longer.
REQUEST_SECONDS = 600 if DEBUG else 8
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "deltacrown.test_runner.PytestTestRunner"

# --- Redis: cache, channels, broker -----------------------------------------------------------------------------------
# Without Redis everything runs in one process, and its memory takes Redis' place.
if env.REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "apps.core.cache.FailOpenRedisCache",
            "LOCATION": env.REDIS_URL,
            "KEY_PREFIX": "deltacrown",
            "TIMEOUT": 300,
            "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
        }
    }
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                "hosts": [env.CELERY_BROKER_URL],
                "prefix": "deltacrown",
                # All sockets of a process share one queue, and what is over its capacity is dropped: news to 500 at
                # once reached a hundred of them (drills.sockets).
                "capacity": 20_000,
            },
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 300}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- Jobs: docs/jobs.md says why each is so ------------------------------------------------------------------
JOBS_INLINE = not env.CELERY_BROKER_URL  # no broker, no worker: a job runs in the process that enqueued it
JOBS_IN_THIS_PROCESS = JOBS_INLINE  # and the server does what is left to the sweeper and to beat
# A job may compute for minutes between two statements and run large ones; only waiting for locks stays a fault.
JOBS_DATABASE_OPTIONS = "-c statement_timeout=10min -c lock_timeout=10s -c idle_in_transaction_session_timeout=30min"
CELERY_BROKER_URL = env.CELERY_BROKER_URL or "memory://"
CELERY_RESULT_BACKEND = env.CELERY_RESULT_BACKEND or None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_TASK_IGNORE_RESULT = True  # the job's row keeps it
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_TRACK_STARTED = True
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_QUEUES = [Queue("critical"), Queue("default"), Queue("bulk")]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # KB: a process that grew ends after its job, and a fresh one goes on
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 1_000_000  # each job checks its connection, which is ten times cheaper than a new one
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker outlives any outage of its broker
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 60 * 60}  # longer than any task: no second delivery
CELERY_BEAT_SCHEDULER = "apps.core.jobs.beat:JobScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 20
FLOWER_USER = env.FLOWER_USER
FLOWER_PASSWORD = env.FLOWER_PASSWORD.get_secret_value()

# --- Language, time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "Asia/Dhaka"  # for people; storage and schedules are UTC
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "deltacrown.formats"

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "apps.siteui.bundle.BundleFinder",
]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "/media/"
MEDIA_ROOT = env.MEDIA_ROOT or DATA_DIR / "media"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Hashed names need collectstatic, which development and tests do without.
        "BACKEND": "apps.common.static_storage.HashedStorage"
        if SERVED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
S3_ORIGIN = ""
if env.USE_S3:
    S3_ORIGIN, STATIC_URL, STORAGES = object_storage.in_bucket(env)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Backups (docs/backup.md) -----------------------------------------------------------------------------------------
BACKUP_DIR = env.BACKUP_DIR or DATA_DIR / "backups"
BACKUPS_EXPECTED = ENVIRONMENT != "development"  # nobody has to be told that demo data was never backed up
BACKUP_RECIPIENTS, BACKUP_FILES = list(env.BACKUP_RECIPIENTS), list(env.BACKUP_FILES)
BACKUP_IDENTITY_FILE, BACKUP_SCRATCH_DIR = env.BACKUP_IDENTITY_FILE, env.BACKUP_SCRATCH_DIR
BACKUP_PING_URL = env.BACKUP_PING_URL
BACKUP_S3_BUCKET, BACKUP_S3_REGION_NAME = env.BACKUP_S3_BUCKET, env.BACKUP_S3_REGION_NAME
BACKUP_S3_ENDPOINT_URL, BACKUP_S3_LOCK_DAYS = env.BACKUP_S3_ENDPOINT_URL, env.BACKUP_S3_LOCK_DAYS
BACKUP_S3_ACCESS_KEY_ID = env.BACKUP_S3_ACCESS_KEY_ID
BACKUP_S3_SECRET_ACCESS_KEY = env.BACKUP_S3_SECRET_ACCESS_KEY.get_secret_value()
BACKUP_THIRD_BUCKET, BACKUP_THIRD_REGION_NAME = env.BACKUP_THIRD_BUCKET, env.BACKUP_THIRD_REGION_NAME
BACKUP_THIRD_ENDPOINT_URL, BACKUP_THIRD_LOCK_DAYS = env.BACKUP_THIRD_ENDPOINT_URL, env.BACKUP_THIRD_LOCK_DAYS
BACKUP_THIRD_ACCESS_KEY_ID = env.BACKUP_THIRD_ACCESS_KEY_ID
BACKUP_THIRD_SECRET_ACCESS_KEY = env.BACKUP_THIRD_SECRET_ACCESS_KEY.get_secret_value()
BACKUP_SECRETS = partial(in_clear, env)  # the variables in force, which a backup keeps encrypted

# --- E-mail -----------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "apps.core.mail.ContextEmailBackend"  # stamps the request id, then hands over to:
EMAIL_TRANSPORT = env.EMAIL_BACKEND
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = env.EMAIL_HOST
EMAIL_PORT = env.EMAIL_PORT
EMAIL_USE_TLS = env.EMAIL_USE_TLS
EMAIL_USE_SSL = env.EMAIL_USE_SSL
EMAIL_HOST_USER = env.EMAIL_HOST_USER
EMAIL_HOST_PASSWORD = env.EMAIL_HOST_PASSWORD.get_secret_value()
EMAIL_TIMEOUT = 10
EMAIL_PER_MINUTE, BOUNCE_MAILBOX = paces.parse(env.EMAIL_PER_MINUTE), env.BOUNCE_MAILBOX.get_secret_value()
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.DEFAULT_FROM_EMAIL

# --- Security ---------------------------------------------------------------------------------------------------------
TRUSTED_PROXIES = env.TRUSTED_PROXIES
CSRF_TRUSTED_ORIGINS = list(env.CSRF_TRUSTED_ORIGINS)
CORS_ALLOWED_ORIGINS = list(env.CORS_ALLOWED_ORIGINS)
CORS_URLS_REGEX = r"^/api/"
SECURE_SSL_REDIRECT = SERVED
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked over plain HTTP from this machine
SECURE_HSTS_SECONDS = 31_536_000 if SERVED else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SERVED
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
FILE_SOURCES = [SELF, S3_ORIGIN] if S3_ORIGIN else [SELF]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": FILE_SOURCES,
        "style-src": FILE_SOURCES,
        "font-src": FILE_SOURCES,
        "img-src": [*FILE_SOURCES, "data:", "blob:"],  # blob: a chosen picture is shown before it is sent
        "media-src": FILE_SOURCES,
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# The admin theme runs Alpine, which evaluates expressions and sets styles; staff with a second factor see it only.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [*FILE_SOURCES, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [*FILE_SOURCES, UNSAFE_INLINE],
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
}

# --- Accounts ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
ADMIN_REQUIRE_MFA = env.ADMIN_REQUIRE_MFA
GOOGLE_CLIENT_ID = env.GOOGLE_CLIENT_ID
GOOGLE_CLIENT_SECRET = env.GOOGLE_CLIENT_SECRET.get_secret_value()
DISCORD_CLIENT_ID = env.DISCORD_CLIENT_ID
DISCORD_CLIENT_SECRET = env.DISCORD_CLIENT_SECRET.get_secret_value()
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "first_name", "last_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 3600  # seconds
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "apps.accounts.forms.LoginForm",
    "signup": "apps.accounts.forms.SignupForm",
    "reset_password": "apps.accounts.forms.ResetPasswordForm",
    "add_email": "apps.accounts.forms.ChangeEmailForm",
    "change_password": "apps.accounts.forms.ChangePasswordForm",
    "set_password": "apps.accounts.forms.SetPasswordForm",
    "reset_password_from_key": "apps.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "apps.accounts.forms.ReauthenticateForm",
}
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# By link, not by code: it works in another browser than the one that signed up, which on phones is the mail app's own.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # mail scanners follow links
ACCOUNT_CHANGE_EMAIL = True  # one address per person; the old one counts until the new one is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SERVED else "http"
# Amount/time/per: "ip" is the client behind TRUSTED_PROXIES, "key" the account that is tried.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "10/m/ip,60/h/ip",
    "reset_password": "10/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "1/2m/key",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    "export_data": "5/d/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

MFA_ADAPTER = "apps.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "apps.accounts.forms.AuthenticateForm",
    "reauthenticate": "apps.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "apps.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "apps.accounts.forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False  # allauth needs codes instead of links for it
MFA_RECOVERY_CODE_COUNT = 10
# A pending change of the address must lock nobody out of their second factor; docs/accounts.md says why it is safe.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SERVED
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}

# A provider appears when both of its keys are there.
SOCIALACCOUNT_ADAPTER = "apps.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False  # people choose their username themselves
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_FORMS = {"signup": "apps.accounts.forms.SocialSignupForm"}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds
SOCIALACCOUNT_PROVIDERS = social.providers(
    google=(GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET), discord=(DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET)
)
# The button is a form of ours that the answer leads on to the provider; browsers check both against form-action.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += social.origins(SOCIALACCOUNT_PROVIDERS)

USERSESSIONS_TRACK_ACTIVITY = False  # SessionActivityMiddleware writes it, every few minutes instead of every request
UNFOLD = admin_theme.UNFOLD

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "apps.core.api.problem_handler",
    # Never a password with each request: it would pass by the second step, the limits and the list of sessions.
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
}

# --- External services, errors, logs ----------------------------------------------------------------------------------
DISCORD_WEBHOOK_URL = env.DISCORD_WEBHOOK_URL.get_secret_value()
DISCORD_CONNECTOR = ""  # read in the testing environment only: what stands in for the internet
RIOT_API_KEY = env.RIOT_API_KEY.get_secret_value()
PAYPAL_CLIENT_ID = env.PAYPAL_CLIENT_ID
PAYPAL_SECRET = env.PAYPAL_SECRET.get_secret_value()
PAYPAL_URL, PAYPAL_TAKA_PER_DOLLAR = env.PAYPAL_URL, env.PAYPAL_TAKA_PER_DOLLAR
SENTRY_DSN = env.SENTRY_DSN.get_secret_value()
sentry.configure(dsn=SENTRY_DSN, environment=ENVIRONMENT, release=RELEASE)
LOG_LEVEL = env.LOG_LEVEL
LOG_DIR = env.LOG_DIR
CSRF_FAILURE_VIEW = "apps.core.views.errors.csrf_failure"
MAINTENANCE_FILE = DATA_DIR / "maintenance"  # the site is closed while it exists
METRICS_DIR = env.METRICS_DIR or f"{env.LOG_DIR or DATA_DIR}/metrics"  # one for all releases of a machine
METRICS_TOKEN = env.METRICS_TOKEN.get_secret_value()
METRICS_NETWORKS = [ip_network(network) for network in env.METRICS_NETWORKS]
EVIDENCE_DIR = DATA_DIR / "evidence"  # what runbooks saw before they changed anything
FAILURE_LIST = True  # errors (without Sentry) and slow statements are kept in the database as well (docs/errors.md)
DB_ADMIN_USER = env.DB_ADMIN_USER
DB_ADMIN_PASSWORD = env.DB_ADMIN_PASSWORD.get_secret_value()
DB_POOL_SIZE = env.DB_POOL_SIZE
SLOW_QUERY_MS = 500  # a statement that takes longer is written to the log
LOGGING = logging_configuration(environment=ENVIRONMENT, level=LOG_LEVEL, directory=LOG_DIR)
