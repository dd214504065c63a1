"""Certificates and sheets (검사성적서, 4M 변경): what is signed and given to customers."""
