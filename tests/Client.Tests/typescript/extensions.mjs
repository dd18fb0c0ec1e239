// The document imports without file extensions, as bundlers allow and Node does not.
import { register } from 'node:module';
register('./resolve.mjs', import.meta.url);
