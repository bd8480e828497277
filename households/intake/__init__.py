"""The workbook engine: opens an officer's file, finds its tables, checks and stages its rows. It knows no domain."""
