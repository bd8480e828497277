"""Entry point of the web server (gunicorn povertyrelief.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

from povertyrelief import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyrelief.settings")
embedded.ensure_database_url()
application = get_wsgi_application()
