"""Masters and lists from the files a plant already has, and back."""
