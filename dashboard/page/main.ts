import { setNow, startClock } from './clock.ts';
import { startForms } from './forms.ts';
import { startLive } from './live.ts';

// Every page is whole without this: it keeps times and lists up to date, and saves a person from pressing twice.
setNow(document);
startForms();
startClock(startLive());
