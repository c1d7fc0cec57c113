import { createMemoryRequestBudget } from '../../common/adapters/memory/request-budget.ts';
import { defineRequestBudgetContract } from './request-budget.contract.ts';

defineRequestBudgetContract('in memory', {
  start: () => Promise.resolve(),
  open(perSecond, clock) {
    const budget = createMemoryRequestBudget(perSecond, clock);
    return Promise.resolve([budget, budget]);
  },
  stop: () => Promise.resolve(),
});
