"""Judge a printed number against a value, digit by digit."""
