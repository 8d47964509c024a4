/** A worker whose script fails. */
throw new Error('this script fails');
