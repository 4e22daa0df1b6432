"""One file: SQLite and one process, unless the environment says otherwise."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from storyloom import env

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.text("STORYLOOM_VAR", str(ROOT / "var")))

# --- the two ways to run -------------------------------------------------------
# A Redis address is what turns the embedded mode into the served one.
REDIS_URL = env.text("STORYLOOM_REDIS_URL")
EMBEDDED = not REDIS_URL

DEBUG = env.flag("STORYLOOM_DEBUG")
SECRET_KEY = env.secret(
    "STORYLOOM_SECRET_KEY", VAR / "secret_key" if EMBEDDED else None
)
ALLOWED_HOSTS = env.words("STORYLOOM_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = env.flag("STORYLOOM_HTTPS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Whether subdomains follow is for whoever owns the domain to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# --- the language model --------------------------------------------------------
#: A folder or a Hugging Face id; "seedling" is the bundled model, "echo" is none.
STORYLOOM_MODEL = env.text("STORYLOOM_MODEL", "seedling")
STORYLOOM_MODEL_KEY = env.text("STORYLOOM_MODEL_KEY")  # of a server
# The same weights as files, where a server writes: voices are fitted on them.
STORYLOOM_VOICE_MODEL = env.text("STORYLOOM_VOICE_MODEL")
STORYLOOM_DEVICE = env.text("STORYLOOM_DEVICE", "auto")
STORYLOOM_THREADS = env.number("STORYLOOM_THREADS", 0)
# How a passage is led to the tone asked for (training/engine/regulator).
TONE_LAYERS = env.words("STORYLOOM_TONE_LAYERS", "conditioning,candidates,retry")
TONE_CANDIDATES = env.number("STORYLOOM_TONE_CANDIDATES", 4)
TONE_CONTRAST = 0.75
#: What measures it: "own", or the folder or id of a Hugging Face classifier.
STORYLOOM_TONE_GUIDE = env.text("STORYLOOM_TONE_GUIDE", "own")
STORYLOOM_LEARNING_THREADS = env.number("STORYLOOM_LEARNING_THREADS", 1)
STORYLOOM_CORPUS = env.text("STORYLOOM_CORPUS")

# --- what one person may ask ---------------------------------------------------
PASSAGES_AT_ONCE = env.number("STORYLOOM_PASSAGES_AT_ONCE", 4)
PASSAGES_PER_DAY = env.number("STORYLOOM_PASSAGES_PER_DAY", 2000)
#: Words of a person's own before a voice can be learnt from them.
VOICE_WORDS = env.number("STORYLOOM_VOICE_WORDS", 2000)
#: A voice is learnt anew unasked when so much is new, or after so many days.
VOICE_NEW_PERCENT = env.number("STORYLOOM_VOICE_NEW", 25)
VOICE_DAYS = env.number("STORYLOOM_VOICE_DAYS", 7)
#: Hours of the day (in TIME_ZONE) in which nothing is learnt unasked: "8-20".
QUIET_HOURS = env.text("STORYLOOM_QUIET_HOURS")
PASSAGE_CHARACTERS = 20_000
FRAME_BYTES = 64 * 1024  # of a message over a socket
BODY_BYTES = 12 * 2**20  # of a request: a story file, and what is around it

# --- Django --------------------------------------------------------------------
INSTALLED_APPS = [
    "storyloom.apps.StoryloomConfig",
    "stories",
    "training",
    "users",
    "channels",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "users.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "users.middleware.PersonalPages",
    "users.classrooms.middleware.PupilSpace",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "storyloom.urls"
ASGI_APPLICATION = "storyloom.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": env.database("STORYLOOM_DATABASE_URL", VAR / "storyloom.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = None if EMBEDDED else VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
# The embedded mode serves straight from static/: nothing to collect first.
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_AUTOREFRESH = DEBUG

# --- people --------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    # For sessions of pupils, who log in by pictures; it lets nobody in by itself.
    "users.classrooms.backend.PupilBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "stories:library"
ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "users.account_forms.LoginForm",
    "signup": "users.account_forms.SignupForm",
    "add_email": "users.account_forms.ChangeEmailForm",
    "change_password": "users.account_forms.ChangePasswordForm",
    "set_password": "users.account_forms.SetPasswordForm",
    "reset_password": "users.account_forms.ResetPasswordForm",
    "reset_password_from_key": "users.account_forms.NewPasswordForm",
    "reauthenticate": "users.account_forms.ReauthenticateForm",
}
ACCOUNT_SIGNUP_REDIRECT_URL = "users:experiences"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
# A school is one address: per address the limits only stop floods. Guesses are
# counted per account and address (users.adapter), so a class never waits for one.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "150/m/ip,10/5m/key",
    "signup": "100/m/ip",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
# Behind the HTTPS proxy the visitor's address is the one the proxy adds.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
SESSION_COOKIE_AGE = 30 * 24 * 3600
EMAIL_HOST = env.text("STORYLOOM_EMAIL_HOST")
EMAIL_PORT = env.number("STORYLOOM_EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("STORYLOOM_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("STORYLOOM_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("STORYLOOM_EMAIL_TLS", True)
EMAIL_TIMEOUT = 20  # seconds; a server that says nothing must not hold a worker
# With letters an address is proved before its account opens, so signing up never
# tells who has one; without, an account opens at once.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_HOST else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Storyloom: "
DEFAULT_FROM_EMAIL = env.text("STORYLOOM_EMAIL_FROM", "storyloom@localhost")
# Without a mail server the letter is printed where the server was started.
EMAIL_BACKEND = "django.core.mail.backends.{}.EmailBackend".format(
    "smtp" if EMAIL_HOST else "console"
)

#: Where people find this house, for links in letters that no request is behind.
ADDRESS = env.text(
    "STORYLOOM_ADDRESS",
    f"https://{ALLOWED_HOSTS[0]}" if HTTPS else "http://127.0.0.1:8000",
).rstrip("/")

# --- what the browser may load: our own files, nothing else ---------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- live events ---------------------------------------------------------------
# A burst of chunks must fit: past its capacity a layer drops silently.
A_TAB_STAYS_OPEN = 14 * 24 * 3600  # after so many seconds it would hear no more
if EMBEDDED:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "storyloom.layers.InProcessChannelLayer",
            "CONFIG": {"capacity": 2000, "group_expiry": A_TAB_STAYS_OPEN},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # Guesses at a password are counted here: by its default of 300 entries,
            # a few busy pages would make it forget them.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }
else:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # Longer than the 5 s for which a socket waits in one read.
                "hosts": [{"address": REDIS_URL, "socket_timeout": 15}],
                "capacity": 2000,
                "group_expiry": A_TAB_STAYS_OPEN,
                "symmetric_encryption_keys": [SECRET_KEY],
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    }

# --- background work -----------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "generation"
# Only learning itself is long: what tends it must not wait behind it.
CELERY_TASK_ROUTES = {
    "training.tasks.tend_runs": {"queue": "generation"},
    "training.tasks.check_version": {"queue": "generation"},
    "training.*": {"queue": "training"},
}
# Redis hands a task out again after this long: tasks hold a lease and leave if taken.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis to come back
# Who asks while Redis is away hears so soon, not after a long silence.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_max": 0.2}
# The embedded mode has a clock of its own, for voices and letters
# (storyloom/clock.py): a stale passage is also found when it is read.
CELERY_BEAT_SCHEDULE = {
    "stale passages": {"task": "stories.tasks.recover_stale", "schedule": 60},
    "letters": {"task": "stories.tasks.send_letters", "schedule": 300},
    "voices": {
        "task": "training.tasks.tend_runs",
        "schedule": 300,
        "options": {"expires": 300},  # one that waited so long is followed by another
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# --- logs: ids and durations, never a person's words ---------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "storyloom.logs.WordlessFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # a line for every token count that a served model is asked for
    "loggers": {"httpx2": {"level": "WARNING"}},
}
