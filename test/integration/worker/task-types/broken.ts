/** Cannot even be loaded. */
throw new Error('a package is missing');
