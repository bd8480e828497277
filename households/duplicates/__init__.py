"""People who stand in the register twice: found, decided about, merged, and parted again."""
