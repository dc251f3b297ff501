"""Turns an edition into the bytes of its documents.

A pure function: no clock, no database, no environment, no locale, no hash order.
"""
