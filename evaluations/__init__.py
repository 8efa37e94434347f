"""Year-end judgement: policy, self-report, interviews, scores, results. No model or page yet."""
