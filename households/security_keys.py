"""The forms of security keys and passkeys, with a name in the reader's language (allauth's have none)."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 60


def _name(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("名称"),
        max_length=LONGEST_NAME,
        required=required,
        help_text=_("写明是哪一个，例如“办公室电脑”“手机”。"),
    )


class AddKeyForm(AddWebAuthnForm):
    """Adds a key; a name is made up where none is given, because the key has been made by then."""

    name = _name(required=False)


class RenameKeyForm(EditWebAuthnForm):
    """Gives a key another name."""

    name = _name(required=True)
