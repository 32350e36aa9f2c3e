"""Judge derivatives: gradcheck, and derivatives that were worked out by hand."""
