"""Requests of people to have what is kept about them corrected or erased: who asks, what, on what basis, what became of it."""
