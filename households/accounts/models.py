"""Invitations and remembered devices. Of a link and of a device's cookie only a digest is kept."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.encryption import EncryptedTextField

VALID_FOR = timedelta(hours=72)
REMEMBERED_FOR = timedelta(days=30)
MOST_FAILURES = 5


class Invitation(models.Model):
    """A one-time link by which a user sets how she signs in. `replaces`: whose account ends when she has."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations")
    token_digest = models.BinaryField(unique=True)
    phone = EncryptedTextField(verbose_name=_("联系电话"), purpose="invitation.phone", blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, cancelled_at=None), name="invitation_one_open_a_user"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """May it still be used?"""
        return self.used_at is None and self.cancelled_at is None and timezone.now() < self.expires_at


class RememberedDevice(models.Model):
    """A telephone or computer on which a user signs in with a PIN. The PIN's hash needs the device's own token."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    token_digest = models.BinaryField(unique=True)
    pin = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    @property
    def is_locked(self) -> bool:
        """Were there too many wrong PINs?"""
        return self.failures >= MOST_FAILURES

    @property
    def is_remembered(self) -> bool:
        """Was it used lately enough?"""
        return timezone.now() < self.used_at + REMEMBERED_FOR
