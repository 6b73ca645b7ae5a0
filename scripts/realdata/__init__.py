"""Data packages from public sales histories, with invented networks around them (see scripts/real-data)."""
