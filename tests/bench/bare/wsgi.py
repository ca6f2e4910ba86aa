import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare.settings"

from django.core.wsgi import get_wsgi_application  # noqa: E402  (the settings must be named first)

application = get_wsgi_application()
