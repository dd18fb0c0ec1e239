export const resolve = (specifier, context, next) =>
  next(specifier.startsWith('.') && !specifier.endsWith('.js') ? `${specifier}.js` : specifier, context);
