"""The layout of a picture: values in columns, operands first."""
