import type { Breach } from '../../evidence/model.ts';
import type { Sighting } from '../check.ts';

/** What a check saw, as it goes: whatever does not agree is a breach. */
export class Notes {
  readonly breaches: Breach[] = [];

  /** @param object what is to blame when it does not agree */
  *see(sighting: Omit<Sighting, 'agrees'>, agrees: boolean, object: string): Generator<Sighting> {
    yield { ...sighting, agrees };
    if (agrees) return;
    const { subject, way, expected, actual } = sighting;
    this.breaches.push({ says: `${subject}: ${way}: ${actual}`, object, expected, actual });
  }
}
