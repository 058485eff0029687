"""The demo portal: a small rebuild of a Vietnamese SharePoint portal, served on loopback.

It is not the real portal: its pages say so, its hosts end in `.example`, and it listens on 127.0.0.1 only.
"""
