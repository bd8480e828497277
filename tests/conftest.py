"""One cast for all tests: regions, and a person for every role."""
