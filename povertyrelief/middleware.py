"""The request's transaction and database identity."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from households.access import READER, database_identity

GetResponse = Callable[[HttpRequest], HttpResponse]


class RegisterTransactionMiddleware:
    """One transaction a request, as the reader identity, spanning the view and the template's rendering.

    ATOMIC_REQUESTS would end before a TemplateResponse (every admin page) renders.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with database_identity(READER):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        transaction.set_rollback(True)
