"""The poverty-alleviation roster (建档立卡花名册) on the workbook engine: columns, rules, comparison, writing."""
