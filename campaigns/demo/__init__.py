"""The demonstration: an invented Tangshan of mid-2018 whose counted figures equal the published ones.

Real villages, no real person: names are drawn from lists, identity numbers carry the unassigned prefix 130299, phones
the unassigned 1440315. The same data every time (seeded).
"""
