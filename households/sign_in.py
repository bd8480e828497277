"""Rules of the door: nobody signs herself up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the federation, never by sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
