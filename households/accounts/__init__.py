"""Accounts of staff: invited by a link, opened and closed by whoever answers for them, signed in by password or PIN."""
