"""Registered people whom an applied roster of their villages does not list."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from households.intake.models import BatchPerson, ImportBatch, MissingDecision, StagedRow
from households.models import HouseholdSpell, Membership, Person, User


def missing_people(user: User, batch: ImportBatch) -> QuerySet[Membership]:
    """Memberships, on the roster's day, of registered people of its villages whom it does not list; by person.

    Without those about whom more is known since: somebody has decided, they have left, or a later roster lists them.
    """
    spells = HouseholdSpell.objects.visible_to(user).filter(village__in=batch.villages, period__contains=batch.as_of)
    registered = spells.exclude(status=HouseholdSpell.Status.REMOVED).values("household")
    listed = StagedRow.objects.filter(batch=batch, person__isnull=False).values("person")
    # Whoever stands in it is not missing, whatever keeps her row from going in; her former number is hers, too.
    numbers = StagedRow.objects.filter(batch=batch, id_index__isnull=False).values("id_index")
    numbered = Person.objects.filter(id_index__in=numbers).values(whose=Coalesce("merged_into", "id"))
    known = Q(batch=batch)
    if batch.applied_at:
        known |= Q(batch__state=ImportBatch.State.APPLIED, batch__applied_at__gt=batch.applied_at)
    written = BatchPerson.objects.filter(known).values("person")
    return (
        Membership.objects.visible_to(user)
        .filter(household__in=registered, period__contains=batch.as_of, period__upper_inf=True)
        .exclude(person__in=listed)
        .exclude(person__in=numbered)
        .exclude(person__in=written)
        .exclude(person__in=MissingDecision.objects.filter(batch=batch).values("person"))
        .select_related("person", "household")
        .order_by("person_id")
    )
