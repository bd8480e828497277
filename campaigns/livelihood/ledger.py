"""The room's workbooks: posts, training projects, who came, who works."""

from campaigns.livelihood.employment_ledger import EMPLOYMENTS
from campaigns.livelihood.jobs_ledger import JOBS
from campaigns.livelihood.training_ledger import ATTENDANCES, COURSES

LEDGERS = (JOBS, COURSES, ATTENDANCES, EMPLOYMENTS)
