"""The request's transaction, database identity and audit entry, the figures settled after it, and tables as workbooks."""

import io
from collections.abc import Callable
from contextlib import nullcontext

from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header

from campaigns import business_day, coverage, tasks
from campaigns.figure_books import figure_table
from households.access import READER, act_for, database_identity
from households.audit.models import Action
from households.audit.recording import note_of
from povertyrelief import auditing

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


class RegisterTransactionMiddleware:
    """One transaction a request, as the reader identity, spanning the view and the template's rendering.

    ATOMIC_REQUESTS would end before a TemplateResponse (every admin page) renders. After a request that may have
    written, the figures of the villages it touched are settled: at once if few, else by the worker.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        once = business_day.read_once() if request.method in SAFE_METHODS else nullcontext()
        with database_identity(READER), auditing.watching(request) as watch, once:
            user = request.user
            act_for(user.regions if user.is_authenticated and user.is_active else [], user.pk)
            response = self.get_response(request)
            given_up = response.status_code >= 500 or getattr(request, "write_nothing", False)
            if given_up:
                transaction.set_rollback(True)
            else:
                auditing.write_entry(request, response, has_written=watch.rows > 0)
        if given_up and response.status_code < 500:
            with database_identity(READER):  # what was refused is on record although nothing of it stays
                auditing.write_entry(request, response, has_written=False)
        if request.method not in SAFE_METHODS and not coverage.settle_if_small():
            tasks.settle_touched.enqueue()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        # allauth answers with this exception; what it counted (failed sign-ins) must stay.
        # The transaction is given up only after the page that says so (404, 403) has read what it shows.
        if not isinstance(exception, ImmediateHttpResponse):
            vars(request)["write_nothing"] = True


class FigureBookMiddleware:
    """A page asked with ?table=NAME is answered with that table of figures as a workbook, made of the page itself.

    Who may not see the page gets its refusal; a page without that table stays as it is. Each workbook stands in the audit
    log, so this comes inside the request's transaction.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = request.GET.get("table", "") if request.method == "GET" else ""
        is_page = response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")
        table = figure_table(response.text, name) if name and is_page else None
        if table is None:
            return response
        note_of(request).action = Action.EXPORT
        file = io.BytesIO()
        table.write(file)
        book = HttpResponse(
            file.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        book.headers["Content-Disposition"] = content_disposition_header(True, table.file_name) or "attachment"
        add_never_cache_headers(book)
        return book


class NoNulMiddleware:
    """No text that people type holds a NUL, and the database keeps none: refused here, once, for whatever reads it.

    A cookie holds one in quotes, as "\\000".
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or _holds_nul(request):
            raise BadRequest
        return self.get_response(request)


def _holds_nul(request: HttpRequest) -> bool:
    """In an address's query, a form or a cookie?"""
    try:
        sent = [
            *request.GET.lists(),
            *request.POST.lists(),
            *([name, [text]] for name, text in request.COOKIES.items()),
        ]
    except UnreadablePostError as error:  # the browser is gone
        raise BadRequest from error
    return any("\0" in text for name, texts in sent for text in (name, *texts))


class PermissionsPolicyMiddleware:
    """No page uses camera, microphone, place, payment or USB; none embedded or injected may."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        return response
