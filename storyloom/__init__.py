"""Wires the apps together; knows no story."""

from storyloom.celery import app as celery_app

__all__ = ["celery_app"]
