import { createInMemoryBus } from '../../queues/in-memory-bus.ts';
import { defineBusContract } from './bus.contract.ts';

defineBusContract('in-memory bus', async (observer) => createInMemoryBus({ observer }));
