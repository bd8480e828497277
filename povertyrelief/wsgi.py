"""Entry point of the web server (gunicorn povertyrelief.wsgi)."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from povertyrelief import embedded
from povertyrelief.utf8 import Utf8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyrelief.settings")
embedded.ensure_database_url()
application = get_wsgi_application()
application.request_class = Utf8Request

# Only models can be asked now. With other keys than the database's, an import would silently double everybody.
from households import installation  # noqa: E402
from households.intake import plain_files  # noqa: E402

if problem := installation.problem():
    sys.exit(problem)
plain_files.sweep()
