"""Factories of publicity and cleaning, as in tests/make.py."""

from datetime import date
from typing import Any
from uuid import uuid4

from campaigns.facts import Photo
from campaigns.models import (
    CleaningPhoto,
    ContactPhoto,
    ContactRound,
    LeafletMovement,
    Recheck,
    Sheet,
    SheetRow,
    SpotCheck,
    SpotPhoto,
    SpotResult,
    Story,
)
from households.models import Household
from tests import make


def leaflets(copies: int = 100, **values: Any) -> LeafletMovement:
    """Printed by county A on the reporting day."""
    made: LeafletMovement = LeafletMovement.objects.create(
        **{
            "region_id": make.COUNTY_A, "kind": "printed", "title": "明白纸", "copies": copies, "day": make.REPORTING_DAY,
        } | values
    )  # fmt: skip
    return made


def contact_round(**values: Any) -> ContactRound:
    """Home visits in village A on the reporting day."""
    made: ContactRound = ContactRound.objects.create(
        **{"village_id": make.VILLAGE_A, "kind": "visit", "done_on": make.REPORTING_DAY} | values
    )
    return made


def photo(model: type[Photo], **values: Any) -> Photo:
    """A photo's record, without a file; give what it shows."""
    made: Photo = model.objects.create(
        **{"village_id": make.VILLAGE_A, "stored_name": f"{uuid4()}.bin", "entry_key": uuid4()} | values
    )
    return made


def contact_photo() -> Photo:
    """Of a home visit."""
    return photo(ContactPhoto, contact=make.contact(make.household()))


def cleaning_photo() -> Photo:
    """Of a cleaned home."""
    return photo(CleaningPhoto, cleaning=make.cleaning(make.household()), kind="before")


def spot_photo() -> Photo:
    """Of a drawn household."""
    home = make.household()
    return photo(SpotPhoto, result=spot_result(home, spot_check(home)))


def sheet(*homes: Household, village: str = make.VILLAGE_A, **values: Any) -> Sheet:
    """A printed sheet with these households."""
    made: Sheet = Sheet.objects.create(
        **{"region_id": village, "purpose": "publicity", "day": make.REPORTING_DAY} | values
    )
    for position, home in enumerate(homes, 1):
        SheetRow.objects.create(sheet=made, position=position, household=home)
    return made


def recheck(of: Household, *, village: str = make.VILLAGE_A, **values: Any) -> Recheck:
    """Still clean."""
    made: Recheck = Recheck.objects.create(
        **{"household": of, "village_id": village, "checked_on": make.REPORTING_DAY, "passed": True} | values
    )
    return made


def failed(of: Household, **values: Any) -> Recheck:
    """Not clean any more."""
    return recheck(of, **{"passed": False, "wants": "厨房", "due_on": date(2018, 7, 7)} | values)


def spot_check(*homes: Household, region: str = make.COUNTY_A, **values: Any) -> SpotCheck:
    """A draw of these households."""
    drawn = sheet(*homes, village=region, purpose="spot_check")
    size = max(1, len(homes))
    made: SpotCheck = SpotCheck.objects.create(
        **{
            "region_id": region, "day": make.REPORTING_DAY, "size": size, "pool": size, "seed": 7, "sheet": drawn,
        } | values
    )  # fmt: skip
    return made


def spot_result(of: Household, check: SpotCheck, *, village: str = make.VILLAGE_A, **values: Any) -> SpotResult:
    """Found clean."""
    made: SpotResult = SpotResult.objects.create(
        **{"household": of, "spot_check": check, "village_id": village, "outcome": "clean"} | values
    )
    return made


def story(of: Household, *, village: str = make.VILLAGE_A, **values: Any) -> Story:
    """Told, not yet agreed to."""
    made: Story = Story.objects.create(
        **{
            "household": of, "village_id": village, "title": "小院变了样", "text": "清走了杂物。", "told_on": make.REPORTING_DAY,
        } | values
    )  # fmt: skip
    return made
