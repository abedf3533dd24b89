"""What is true, worked out of what both CRMs say: links, stages, verdicts, credits, and the changes that follow.

Pure: values in, a plan out. No clock, no chance, no CRM; the engine that computes sets is handed in.
"""

from crm_sync.reconciler.plan import make_plan

__all__ = ["make_plan"]
