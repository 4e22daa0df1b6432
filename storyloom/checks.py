"""Misconfiguration is said when a process starts, with what to do about it."""

import os
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from training import services
from training.engine import is_address
from training.learning import quiet

SHORTEST_SECRET = 50


@register
def secret_is_long(**_) -> list[CheckMessage]:
    if settings.EMBEDDED or len(settings.SECRET_KEY) >= SHORTEST_SECRET:
        return []
    return [
        Error(
            f"STORYLOOM_SECRET_KEY is shorter than {SHORTEST_SECRET} characters.",
            hint="It signs sessions and encrypts live events: use a long random text.",
            id="storyloom.E001",
        )
    ]


@register
def embedded_is_one_process(**_) -> list[CheckMessage]:
    processes = os.environ.get("WEB_CONCURRENCY", "1")
    if not settings.EMBEDDED or processes in {"", "0", "1"}:
        return []
    return [
        Error(
            f"WEB_CONCURRENCY is {processes}, but the embedded mode is one process.",
            hint="Unset it, or set STORYLOOM_REDIS_URL and STORYLOOM_DATABASE_URL.",
            id="storyloom.E002",
        )
    ]


@register
def model_exists(**_) -> list[CheckMessage]:
    model = settings.STORYLOOM_MODEL
    if is_address(model):
        return []
    is_folder = model.startswith(("/", ".", "~")) or model.count("/") > 1
    if not is_folder or (Path(model).expanduser() / "config.json").is_file():
        return []
    return [
        Error(
            f"STORYLOOM_MODEL is the folder {model}, which holds no config.json.",
            hint="Name a Hugging Face model folder or id, “seedling” or “echo”.",
            id="storyloom.E003",
        )
    ]


@register
def voices_have_weights(**_) -> list[CheckMessage]:
    if services.can_fit():
        return []
    return [
        Warning(
            "STORYLOOM_MODEL is a server, and STORYLOOM_VOICE_MODEL is not set: "
            "no voice can be learnt.",
            hint="Name the Hugging Face folder or id of the model it serves.",
            id="storyloom.W004",
        )
    ]


@register
def redis_and_postgresql_come_together(**_) -> list[CheckMessage]:
    sqlite = "sqlite3" in str(settings.DATABASES["default"]["ENGINE"])
    if sqlite == settings.EMBEDDED:
        return []
    missing = "STORYLOOM_DATABASE_URL" if sqlite else "STORYLOOM_REDIS_URL"
    return [
        Error(
            f"The served mode needs {missing} too.",
            hint="Set both Redis and PostgreSQL (served), or neither (embedded).",
            id="storyloom.E004",
        )
    ]


@register
def quiet_hours_are_hours(**_) -> list[CheckMessage]:
    said = settings.QUIET_HOURS.strip()
    if not said or quiet.hours():
        return []
    return [
        Error(
            f"STORYLOOM_QUIET_HOURS is “{said}”, which names no hours.",
            hint="Say from when to when, as in 8-20 or 22-6; leave it out for none.",
            id="storyloom.E005",
        )
    ]


@register
def served_over_https(**_) -> list[CheckMessage]:
    if settings.EMBEDDED or settings.HTTPS:
        return []
    return [
        Warning(
            "STORYLOOM_HTTPS is off: passwords and stories travel in the clear.",
            hint="Put a TLS proxy in front and set STORYLOOM_HTTPS=1.",
            id="storyloom.W001",
        )
    ]


@register
def static_files_are_collected(**_) -> list[CheckMessage]:
    root = settings.STATIC_ROOT
    if root is None or root.is_dir():
        return []
    return [
        Warning(
            f"There are no collected static files in {root}.",
            hint="Run `python manage.py collectstatic --noinput` before serving.",
            id="storyloom.W002",
        )
    ]


@register
def letters_lead_back(**_) -> list[CheckMessage]:
    nowhere = settings.ADDRESS.startswith(("http://127.", "http://localhost"))
    if not (settings.EMAIL_HOST and nowhere):
        return []
    return [
        Warning(
            f"Letters to safeguarding contacts link to {settings.ADDRESS}.",
            hint="Set STORYLOOM_ADDRESS to where people find this house.",
            id="storyloom.W003",
        )
    ]
