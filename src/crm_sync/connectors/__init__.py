"""One folder per CRM, the same file names wherever they apply: auth read translate write install."""
