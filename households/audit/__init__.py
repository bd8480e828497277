"""The audit log: who did or saw what, when and where; insert-only, sealed as a hash chain."""
