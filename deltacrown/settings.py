"""Django settings of all four environments, driven by ``deltacrown.environment``."""

from deltacrown.environment import BASE_DIR, env

ENVIRONMENT = env.ENVIRONMENT
DEBUG = env.DEBUG
SECRET_KEY = env.SECRET_KEY.get_secret_value()
ALLOWED_HOSTS = [host.strip() for host in env.ALLOWED_HOSTS.split(",") if host.strip()]

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
    "django.contrib.sitemaps",
    "rest_framework",
    "corsheaders",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.core.middleware.context.UserContextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

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
        },
    }
]
COTTON_DIR = "siteui/components"

# --- Database ---------------------------------------------------------------------------------------------------------
if env.DB_ENGINE.endswith("sqlite3"):
    DATABASES = {
        "default": {
            "ENGINE": env.DB_ENGINE,
            "NAME": BASE_DIR / "var" / "site.sqlite3",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": env.DB_ENGINE,
            "NAME": env.DB_NAME,
            "USER": env.DB_USER,
            "PASSWORD": env.DB_PASSWORD.get_secret_value(),
            "HOST": env.DB_HOST,
            "PORT": env.DB_PORT,
            "CONN_MAX_AGE": 0,
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

# --- Redis: cache, channels, broker -----------------------------------------------------------------------------------
if env.REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [env.REDIS_URL]}}
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CELERY_BROKER_URL = env.REDIS_URL or "memory://"

# --- Language, time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "Asia/Dhaka"  # for people; storage and schedules are UTC
USE_TZ = True
USE_I18N = True
CELERY_TIMEZONE = "UTC"

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "var" / "media"

# --- Accounts ---------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
SITE_NAME = "DeltaCrown"

# --- Mail -------------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "apps.core.mail.ContextEmailBackend"  # stamps the request id, then hands over to:
EMAIL_TRANSPORT = "django.core.mail.backends.console.EmailBackend"
