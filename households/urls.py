"""The door: of allauth's pages only those this product needs (no sign-up, no mail)."""

from allauth.account import views as account
from django.urls import include, path

from households import views
from households.accounts import views as accounts

urlpatterns = [
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("pin/", accounts.sign_in_with_pin, name="pin"),
    path("invitation/<str:token>/", accounts.open_invitation, name="invitation"),
    path("welcome/", accounts.welcome, name="welcome"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("demonstration/", views.demonstration_sign_in, name="demonstration_sign_in"),
]
