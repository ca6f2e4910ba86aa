"""The Celery application; its tasks are only doors to actions, and the database is the queue."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

warnings.filterwarnings("ignore", category=SecurityWarning)  # about being root, where only JSON is accepted anyway
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("answerable")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
