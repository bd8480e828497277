"""The tour's dirty roster as a download; exists in the demonstration only."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.business_day import is_demonstration
from campaigns.demo.dirty_roster import FILE_NAME, roster_file, write_dirty_roster
from campaigns.demo.users import TOUR_COUNTY
from campaigns.views import require
from households.access import Permission

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@login_required
@never_cache
def dirty_roster(request: HttpRequest) -> FileResponse:
    """The workbook, for who may upload it; 404 outside the demonstration and for other counties."""
    user = require(request.user, Permission.UPLOAD)
    if not is_demonstration() or not user.covers(TOUR_COUNTY):
        raise Http404
    path = roster_file()
    if not path.exists():
        write_dirty_roster(path)
    return FileResponse(open(path, "rb"), as_attachment=True, filename=FILE_NAME, content_type=WORKBOOK)
