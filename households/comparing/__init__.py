"""List comparison (名单比对): a list from another office against the register. Reads the register, never writes it."""
