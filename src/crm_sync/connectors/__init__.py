"""One folder per CRM, the same file names in each: auth read translate write install."""
