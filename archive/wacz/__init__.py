"""WACZ files: a crawl, a portal or an article, packed with its index and its pages for viewers such as ReplayWeb.page.

The format is Webrecorder's WACZ 1.1.1, its index CDXJ 0.1.0, its signature wacz-auth 0.1.0.
"""
