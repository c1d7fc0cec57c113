import { silentTracer } from '../../common/domain/tracing/tracer.ts';
import { createInMemoryBus } from '../../queues/in-memory-bus.ts';
import { defineBusContract } from './bus.contract.ts';

defineBusContract('in-memory bus', async (observer, tracer = silentTracer) => createInMemoryBus({ observer, tracer }));
