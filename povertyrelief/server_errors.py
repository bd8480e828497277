"""The answer to what no view has caught: a fault of ours (500), or a database that cannot be reached just now (503)."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

RETRY_AFTER = "30"  # seconds


def answer_fault(request: HttpRequest) -> HttpResponse:
    """Django calls it while it handles the exception. No page of the database's absence may need the database."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return server_error(request)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": RETRY_AFTER})
