"""The page that explores a picture in a browser or a notebook."""
