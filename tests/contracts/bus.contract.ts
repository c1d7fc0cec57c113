import { defineBusConsumersContract } from './bus-consumers.contract.ts';
import { defineBusEventuallyContract } from './bus-eventually.contract.ts';
import { defineBusFailuresContract } from './bus-failures.contract.ts';
import { defineBusOrderContract } from './bus-order.contract.ts';
import { defineBusTracesContract } from './bus-traces.contract.ts';
import type { BusFactory } from './bus-under-test.ts';

/** The promises of `queues/bus.ts`, for any kind of bus. */
export function defineBusContract(kind: string, open: BusFactory): void {
  defineBusOrderContract(kind, open);
  defineBusFailuresContract(kind, open);
  defineBusConsumersContract(kind, open);
  defineBusEventuallyContract(kind, open);
  defineBusTracesContract(kind, open);
}
