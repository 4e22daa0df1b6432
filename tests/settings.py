"""The product's own settings, kept apart from a person's data and environment."""

import os
import tempfile

for name in [name for name in os.environ if name.startswith("STORYLOOM_")]:
    del os.environ[name]
# tests/served runs the suite again on PostgreSQL, whose address it says here.
if "TEST_DATABASE_URL" in os.environ:
    os.environ["STORYLOOM_DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
folder = tempfile.TemporaryDirectory(prefix="storyloom-tests-")
os.environ["STORYLOOM_VAR"] = folder.name
os.environ["STORYLOOM_MODEL"] = "echo"

from storyloom.settings import *  # noqa: E402, F403
from storyloom.settings import DATABASES, VAR  # noqa: E402

if "TEST_DATABASE_URL" not in os.environ:
    # A file, as in the product: in memory SQLite knows neither WAL nor several threads.
    DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
