"""Workbooks of what is registered, in the layouts that are taken back."""

import io

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import coverage
from campaigns.ledgers.combined_export import write_combined
from campaigns.views import asked_day, home_region, region_of, require
from households.access import Permission


@require_safe
@login_required
@never_cache
def download_combined(request: HttpRequest) -> FileResponse:
    """The combined ledger of a region as it stands, to be filled in further and uploaded again."""
    user = require(request.user, Permission.UPLOAD)
    code, day = request.GET.get("region", ""), asked_day(request)
    region = region_of(user, code) if code else home_region(user)
    coverage.settle_if_small()
    file = io.BytesIO()
    write_combined(file, user, region, day)
    file.seek(0)
    name = _("%(region)s综合台账（%(day)s）.xlsx") % {"region": region.short_name, "day": day.isoformat()}
    return FileResponse(file, as_attachment=True, filename=name)
