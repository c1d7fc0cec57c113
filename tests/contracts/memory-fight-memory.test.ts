import { createMemoryFightMemory } from '../../common/adapters/memory/fight-memory.ts';
import { createMemoryRepairMemory } from '../../common/adapters/memory/repair-memory.ts';
import { createMemorySweepTurns } from '../../common/adapters/memory/sweep-turns.ts';
import { defineWriterMemoryContract } from './fight-memory.contract.ts';

defineWriterMemoryContract('in memory', {
  start: () => Promise.resolve(),
  open() {
    const memory = {
      fights: createMemoryFightMemory(),
      sweepTurns: createMemorySweepTurns(),
      repairs: createMemoryRepairMemory(),
    };
    return Promise.resolve([memory, memory]);
  },
  stop: () => Promise.resolve(),
});
