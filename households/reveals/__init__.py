"""Whole identity and telephone numbers: who may see one, why, and with whose consent."""
