"""Judge a formula, and find the slip that explains a wrong one."""
