"""Every folder of encrypted files: what a change of keys encrypts anew, and a backup holds."""

from campaigns.photos import FILES as PHOTOS
from campaigns.reports.operations import FILES as BRIEFING_TEMPLATES
from households.intake.originals import FILES as ORIGINALS

FOLDERS = (ORIGINALS, PHOTOS, BRIEFING_TEMPLATES)
